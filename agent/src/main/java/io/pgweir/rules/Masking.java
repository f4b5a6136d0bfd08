package io.pgweir.rules;

/** What is shown in a value's place. NULL stays NULL whatever it is. */
public sealed interface Masking {
    /** NULL. */
    record Nothing() implements Masking {}

    /** The same text for every value. */
    record Fixed(String text) implements Masking {}

    /**
     * The first and the last characters, and {@code fill} once for each that is hidden; all of it is hidden where it would
     * show more than half of the value.
     */
    record Partial(int first, int last, String fill) implements Masking {}

    /** A keyed hash in hex: equal for equal values of one key, {@code rules.mask-key} of the configuration. */
    record Hash() implements Masking {}
}
