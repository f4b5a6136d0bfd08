package io.pgweir.audit.seal;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** SHA-256 and its lower-case hex. */
final class Hashes {
    /** Of one hash. */
    static final int BYTES = 32;

    /** Of one hash in hex. */
    static final int DIGITS = 2 * BYTES;

    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] DIGIT = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private static final byte[] VALUE = values();

    private Hashes() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Ends {@code digest} into {@code to} at {@code at}, without an array of its own. */
    static void finish(MessageDigest digest, byte[] to, int at) {
        try {
            digest.digest(to, at, BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 is " + BYTES + " bytes long", e);
        }
    }

    static String hex(byte[] bytes) {
        return HEX.formatHex(bytes);
    }

    /** Writes the {@value #DIGITS} digits of {@code hash} to {@code to}, from its beginning. */
    static void hex(byte[] hash, byte[] to) {
        for (int i = 0; i < BYTES; i++) {
            to[2 * i] = DIGIT[(hash[i] >> 4) & 0xf];
            to[2 * i + 1] = DIGIT[hash[i] & 0xf];
        }
    }

    /** Of one lower-case hex digit; negative for anything else. */
    static int value(byte digit) {
        return VALUE[digit & 0xff];
    }

    private static byte[] values() {
        byte[] values = new byte[256];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < DIGIT.length; i++) {
            values[DIGIT[i]] = (byte) i;
        }
        return values;
    }
}
