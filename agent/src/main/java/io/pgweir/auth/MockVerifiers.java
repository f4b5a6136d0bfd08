package io.pgweir.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What roles that do not exist are asked by: the same salt each time, and like the salt of any other. One for the process; its
 * secret dies with it, as what it makes must be the same for as long as one looks.
 *
 * <p>Source: mock_scram_secret of PostgreSQL. Any thread.
 */
public final class MockVerifiers {
    private static final int SALT_BYTES = 16;

    private final byte[] secret = Scram.random(Scram.KEY_BYTES);
    private volatile int iterations = ScramVerifier.ITERATIONS_DEFAULT;

    /** As the servers' scram_iterations, which new passwords there have. */
    public void iterations(int asServers) {
        iterations = Math.clamp(asServers, 1, Password.ITERATIONS_MAX);
    }

    /** That no proof fits. */
    ScramVerifier absent(String role) {
        return new ScramVerifier(iterations, salt(role), new byte[Scram.KEY_BYTES], new byte[Scram.KEY_BYTES]);
    }

    /** For a role whose password itself is known. */
    ScramVerifier of(String role, Password password) {
        return password.derive(salt(role), iterations).verifier();
    }

    private byte[] salt(String role) {
        return Arrays.copyOf(Scram.hmac(secret, role.getBytes(StandardCharsets.UTF_8)), SALT_BYTES);
    }
}
