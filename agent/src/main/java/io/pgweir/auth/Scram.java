package io.pgweir.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The functions of RFC 5802 section 2.2, over SHA-256 (RFC 7677). */
final class Scram {
    static final String MECHANISM = "SCRAM-SHA-256";
    static final String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";
    static final String PLUS_HEADER = "p=tls-server-end-point,,";
    static final int KEY_BYTES = 32;

    private static final String HMAC = "HmacSHA256";
    private static final int NONCE_BYTES = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Scram() {}

    static byte[] hmac(byte[] key, byte[]... messages) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            for (byte[] message : messages) {
                mac.update(message);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException(absent);
        }
    }

    static byte[] hash(byte[]... messages) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] message : messages) {
                digest.update(message);
            }
            return digest.digest();
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException(absent);
        }
    }

    /** {@code Hi}, which is PBKDF2 with one block of output; the time is in proportion to {@code iterations}. */
    static byte[] saltedPassword(byte[] password, byte[] salt, int iterations) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            // An empty password is a key of zeros to HMAC, and no key at all to the JDK.
            mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, HMAC));
            mac.update(salt);
            byte[] block = mac.doFinal(new byte[] {0, 0, 0, 1});
            byte[] result = block.clone();
            for (int i = 1; i < iterations; i++) {
                mac.update(block);
                mac.doFinal(block, 0);
                xor(result, block);
            }
            return result;
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException(absent);
        }
    }

    /** Into the first. */
    static void xor(byte[] into, byte[] other) {
        for (int i = 0; i < into.length; i++) {
            into[i] ^= other[i];
        }
    }

    /** Printable and never the same again. */
    static String nonce() {
        byte[] random = new byte[NONCE_BYTES];
        RANDOM.nextBytes(random);
        return base64(random);
    }

    static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Null where it is none; complete to its last padding, as PostgreSQL wants it. */
    static byte @Nullable [] base64(String text) {
        return decoded(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The same. */
    static byte @Nullable [] decoded(byte[] text) {
        try {
            return text.length % 4 == 0 ? Base64.getDecoder().decode(text) : null;
        } catch (IllegalArgumentException none) {
            return null;
        }
    }
}
