package io.pgweir.audit.encode;

/** A UUID as RFC 9562 writes it, without an object. */
final class UuidText {
    static final int BYTES = 36;

    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private UuidText() {}

    /** Fills the first {@value #BYTES} bytes of {@code target}. */
    static void write(long high, long low, byte[] target) {
        int at = 0;
        for (int i = 0; i < 32; i++) {
            if (i == 8 || i == 12 || i == 16 || i == 20) {
                target[at++] = '-';
            }
            long half = i < 16 ? high : low;
            target[at++] = DIGITS[(int) (half >>> (60 - 4 * (i & 15))) & 15];
        }
    }
}
