package io.pgweir.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** The key of hashes that rules show in the place of values: a file's bytes as they are, or a new one for this process. */
final class MaskKey {
    /** Below this, a key can be tried out; HMAC-SHA-256 gains nothing above 64 bytes. */
    private static final int BYTES_MIN = 16;

    private static final int BYTES_MAX = 4096;
    private static final int BYTES_NEW = 32;

    private MaskKey() {}

    static byte[] of(@Nullable Path file) throws AgentStartException {
        if (file == null) {
            byte[] key = new byte[BYTES_NEW];
            new SecureRandom().nextBytes(key);
            return key;
        }
        try {
            byte[] key = Files.readAllBytes(file);
            if (key.length < BYTES_MIN || key.length > BYTES_MAX) {
                throw new IOException(key.length + " bytes (expected: " + BYTES_MIN + " to " + BYTES_MAX
                        + " bytes, taken as they are)");
            }
            return key;
        } catch (IOException failure) {
            throw new AgentStartException(
                    AgentStartException.Kind.RULES, "rules.mask-key: " + file + ": " + failure.getMessage(), failure);
        }
    }
}
