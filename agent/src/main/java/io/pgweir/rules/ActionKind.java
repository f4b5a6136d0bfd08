package io.pgweir.rules;

import java.util.Locale;

/** What a rule may do, the strongest first: this order is the lattice that decides which of several actions counts. */
public enum ActionKind {
    CLOSE,
    BLOCK,
    MASK,
    REWRITE,
    LIMIT,
    THROTTLE,
    BUDGET,
    ROUTE,
    ALERT,
    TAG,
    CAPTURE,
    SAMPLE,
    EXCLUDE,
    ALLOW;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Whether it can do anything then: before it there is nothing to do it to, later that has left already. */
    public boolean isAllowedAt(Moment moment) {
        return switch (this) {
            case CLOSE, ALERT, TAG, ALLOW -> true;
            case BLOCK, CAPTURE -> moment != Moment.TRANSACTION_END;
            case MASK, LIMIT, BUDGET -> moment != Moment.SESSION && moment != Moment.TRANSACTION_END;
            case REWRITE -> moment == Moment.STATEMENT;
            case THROTTLE -> moment == Moment.STATEMENT || moment == Moment.BIND;
            case ROUTE -> moment == Moment.SESSION || moment == Moment.STATEMENT;
            case SAMPLE, EXCLUDE -> moment == Moment.SESSION || moment == Moment.STATEMENT || moment == Moment.BIND;
        };
    }

    /** As rule files spell it. */
    public String word() {
        return word;
    }
}
