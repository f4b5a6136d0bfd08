package io.pgweir.rules;

/** How sure it is that a name in a statement is one that a rule names. */
enum Likeness {
    NONE,
    /** Nothing speaks for it, nothing against it: a star may stand for the column. */
    OPEN,
    /** It is if {@code search_path} leads there; a match wherever a match is the stricter reading. */
    LIKELY,
    CERTAIN;

    Likeness or(Likeness other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /**
     * @param not whether the rule asks that it be not so
     * @param complete whether there can be no more names than those compared
     * @param ambiguous whether the names may be others altogether
     */
    Truth toTruth(boolean not, boolean complete, boolean ambiguous) {
        Truth is = switch (this) {
            case NONE -> complete && !ambiguous ? Truth.NO : Truth.UNKNOWN;
            case OPEN -> Truth.UNKNOWN;
            case LIKELY -> not ? Truth.UNKNOWN : Truth.YES;
            case CERTAIN -> not && ambiguous ? Truth.UNKNOWN : Truth.YES;
        };
        return not ? is.not() : is;
    }
}
