package io.pgweir.sql.facts;

import org.jspecify.annotations.Nullable;

/** Integer literals as PostgreSQL writes them. */
final class Numbers {
    private static final int DIGITS_MAX = 18;

    private Numbers() {}

    /** Null for what is no integer of the plain decimal form, or is too long. */
    static @Nullable Long parse(String text) {
        if (text.length() > DIGITS_MAX) {
            return null;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}
