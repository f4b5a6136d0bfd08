package io.pgweir.rules;

/** Three-valued: an unread statement is neither a match nor none. In this order AND is the lesser and OR the greater. */
public enum Truth {
    NO,
    UNKNOWN,
    YES;

    public static Truth of(boolean yes) {
        return yes ? YES : NO;
    }

    public Truth and(Truth other) {
        return compareTo(other) <= 0 ? this : other;
    }

    public Truth or(Truth other) {
        return compareTo(other) >= 0 ? this : other;
    }

    public Truth not() {
        return switch (this) {
            case NO -> YES;
            case UNKNOWN -> UNKNOWN;
            case YES -> NO;
        };
    }
}
