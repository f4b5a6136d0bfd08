package io.pgweir.audit.encode;

/** Cuts text to a number of UTF-8 bytes, between characters. */
final class Cut {
    private Cut() {}

    /** The longest head of {@code text} that is no longer than {@code bytesMax} in UTF-8; {@code text} itself if it fits. */
    static String head(String text, int bytesMax) {
        if (text.length() <= bytesMax / 3) {
            return text;
        }
        int bytes = 0;
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            bytes += bytesOf(point);
            if (bytes > bytesMax) {
                return text.substring(0, at);
            }
            at += Character.charCount(point);
        }
        return text;
    }

    static int bytesOf(int point) {
        if (point < 0x80) {
            return 1;
        }
        if (point < 0x800) {
            return 2;
        }
        return point < 0x10000 ? 3 : 4;
    }
}
