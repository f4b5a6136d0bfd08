package io.pgweir.rules;

/** What a rule does where it cannot be told whether it matches; {@code on-unknown:} in a rule file. */
public enum OnUnknown {
    /** As if it matched. */
    MATCH,
    /** An alert, nothing else. */
    ALERT,
    /** As if it did not match. */
    IGNORE,
    /** The statement is blocked, whatever the rule would do. */
    BLOCK
}
