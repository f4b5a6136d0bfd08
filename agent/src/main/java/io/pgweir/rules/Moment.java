package io.pgweir.rules;

import java.util.Locale;

/** When a rule is asked; {@code at:} in a rule file. */
public enum Moment {
    /** Authentication succeeded, nothing has run. */
    SESSION,
    /** Before a byte of the statement leaves for the server; again at an Execute of what was parsed earlier. */
    STATEMENT,
    /** The parameters are known; without any, where the statement takes none. */
    BIND,
    /** Before the statement leaves, with no rows yet; then as its rows come. */
    RESULT,
    /** As {@link #RESULT}, of a COPY's rows in either direction. */
    COPY,
    /** The transaction is over. */
    TRANSACTION_END;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** As rule files spell it. */
    public String word() {
        return word;
    }
}
