package io.pgweir.auth;

import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/**
 * What a server stores of a password for SCRAM-SHA-256: enough to check a proof, not enough to make one.
 *
 * <pre>
 * SCRAM-SHA-256$&lt;iterations&gt;:&lt;salt&gt;$&lt;StoredKey&gt;:&lt;ServerKey&gt;      the last three in Base64
 * </pre>
 *
 * Sources: PostgreSQL's pg_authid, RFC 5803. Immutable: arrays that it hands out within the package are not written to.
 */
public final class ScramVerifier implements RoleSecret {
    /** PostgreSQL's own, for a role that nothing is known of (scram_iterations). */
    static final int ITERATIONS_DEFAULT = 4096;

    static final String PREFIX = "SCRAM-SHA-256$";
    private static final String FORM = "SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>";
    private static final int SALT_BYTES_MAX = 1024;

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /** @throws IllegalArgumentException whose message says what is wrong and where, and shows nothing of the secret */
    static ScramVerifier parse(String text) {
        int keys = text.indexOf('$', PREFIX.length());
        int salt = text.indexOf(':');
        int second = text.indexOf(':', salt + 1);
        if (!text.startsWith(PREFIX) || salt < 0 || keys < salt || second < keys) {
            throw new IllegalArgumentException("SCRAM verifier: another form (expected: " + FORM + ")");
        }
        return new ScramVerifier(
                iterations(text.substring(PREFIX.length(), salt)),
                base64("salt", text.substring(salt + 1, keys), 1, SALT_BYTES_MAX),
                base64("StoredKey", text.substring(keys + 1, second), Scram.KEY_BYTES, Scram.KEY_BYTES),
                base64("ServerKey", text.substring(second + 1), Scram.KEY_BYTES, Scram.KEY_BYTES));
    }

    private static int iterations(String text) {
        if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw new IllegalArgumentException("SCRAM verifier: iterations are no number (expected: " + FORM + ")");
        }
        long iterations = Long.parseLong(text);
        if (iterations < 1 || iterations > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "SCRAM verifier: iterations: " + iterations + " (expected: 1 to " + Integer.MAX_VALUE + ")");
        }
        return (int) iterations;
    }

    private static byte[] base64(String part, String text, int bytesMin, int bytesMax) {
        byte[] bytes = Scram.base64(text);
        if (bytes == null) {
            throw new IllegalArgumentException("SCRAM verifier: " + part + " is no Base64 (expected: " + FORM + ")");
        }
        if (bytes.length < bytesMin || bytes.length > bytesMax) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "SCRAM verifier: %s: %d bytes (expected: %s)",
                    part,
                    bytes.length,
                    bytesMin == bytesMax ? bytesMin : bytesMin + " to " + bytesMax));
        }
        return bytes;
    }

    /** As {@code pg_authid} has it: a secret. */
    String print() {
        Base64.Encoder base64 = Base64.getEncoder();
        return PREFIX
                + iterations
                + ':'
                + base64.encodeToString(salt)
                + '$'
                + base64.encodeToString(storedKey)
                + ':'
                + base64.encodeToString(serverKey);
    }

    int iterations() {
        return iterations;
    }

    byte[] salt() {
        return salt;
    }

    byte[] storedKey() {
        return storedKey;
    }

    byte[] serverKey() {
        return serverKey;
    }

    /** Whether keys of this verifier are keys there too. */
    boolean isSaltedBy(byte[] otherSalt, int otherIterations) {
        return iterations == otherIterations && Arrays.equals(salt, otherSalt);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScramVerifier that
                && isSaltedBy(that.salt, that.iterations)
                && Arrays.equals(storedKey, that.storedKey)
                && Arrays.equals(serverKey, that.serverKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(storedKey);
    }

    /** Without keys and salt. */
    @Override
    public String toString() {
        return "SCRAM-SHA-256 verifier of " + iterations + " iterations";
    }
}
