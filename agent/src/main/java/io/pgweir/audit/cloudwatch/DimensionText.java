package io.pgweir.audit.cloudwatch;

import java.nio.charset.StandardCharsets;

/** The value of a dimension, which may be ASCII only: all else becomes {@code %} and two digits for each of its bytes, as in an address. */
final class DimensionText {
    /** What CloudWatch takes. */
    static final int CHARACTERS_MAX = 1024;

    private DimensionText() {}

    static String of(String value) {
        if (value.isBlank()) {
            return "-";
        }
        StringBuilder text = new StringBuilder(value.length());
        for (byte one : value.getBytes(StandardCharsets.UTF_8)) {
            if (one < ' ' || one > '~') {
                text.append('%')
                        .append(Character.toUpperCase(Character.forDigit(one >> 4 & 0xf, 16)))
                        .append(Character.toUpperCase(Character.forDigit(one & 0xf, 16)));
            } else {
                text.append((char) one);
            }
        }
        return text.length() <= CHARACTERS_MAX ? text.toString() : text.substring(0, CHARACTERS_MAX);
    }
}
