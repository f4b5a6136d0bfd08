package io.pgweir.auth;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A password in clear, from a file or a store of secrets, or a token that is sent as one. Keys are derived once a salt and kept:
 * all nodes of a cluster have the same.
 *
 * <p>Any thread. A derivation takes about a microsecond an iteration, so a few milliseconds with PostgreSQL's default.
 */
public final class Password implements RoleSecret, NodeSecret {
    /** More would hold up a thread for longer than a second, and is no salt of PostgreSQL's but of somebody who wants that. */
    static final int ITERATIONS_MAX = 1_000_000;

    private static final int DERIVED_MAX = 4;
    private static final byte[] CLIENT_KEY = "Client Key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVER_KEY = "Server Key".getBytes(StandardCharsets.US_ASCII);

    private final String password;
    private final ConcurrentMap<String, ClientKey> derived = new ConcurrentHashMap<>();

    public Password(String password) {
        this.password = password;
    }

    String clear() {
        return password;
    }

    /** Whether they let in to the same. */
    public boolean isSame(Password other) {
        return password.equals(other.password);
    }

    /** PostgreSQL takes none that is. */
    boolean isEmpty() {
        return password.isEmpty();
    }

    /** @param iterations from 1 to {@value #ITERATIONS_MAX} */
    ClientKey derive(byte[] salt, int iterations) {
        String name = iterations + ":" + Scram.base64(salt);
        ClientKey known = derived.get(name);
        if (known != null) {
            return known;
        }
        byte[] salted = Scram.saltedPassword(SaslPrep.bytes(password), salt, iterations);
        byte[] key = Scram.hmac(salted, CLIENT_KEY);
        var verifier = new ScramVerifier(iterations, salt, Scram.hash(key), Scram.hmac(salted, SERVER_KEY));
        ClientKey made = new ClientKey(key, verifier);
        if (derived.size() >= DERIVED_MAX) {
            derived.clear();
        }
        derived.put(name, made);
        return made;
    }

    /** Without it. */
    @Override
    public String toString() {
        return "password";
    }
}
