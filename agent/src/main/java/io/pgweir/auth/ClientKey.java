package io.pgweir.auth;

import java.util.Arrays;

/**
 * What a client proves that it has, and what a server lets in by: all of a password that SCRAM-SHA-256 needs, for the servers whose
 * verifier is the same. Lives as long as its session; {@link #close} zeroes it.
 *
 * <p>Thread: the session's, or for one derived from a {@link Password} any. The bytes leave it in proofs only.
 */
public final class ClientKey implements NodeSecret, AutoCloseable {
    private final byte[] key;
    private final ScramVerifier verifier;
    private volatile boolean closed;

    /** Takes the array. */
    ClientKey(byte[] key, ScramVerifier verifier) {
        this.key = key;
        this.verifier = verifier;
    }

    ScramVerifier verifier() {
        return verifier;
    }

    /** ClientProof. */
    byte[] proof(byte[]... authMessage) {
        if (closed) {
            throw new IllegalStateException("client key: used after its end (expected: an open session)");
        }
        byte[] proof = Scram.hmac(verifier.storedKey(), authMessage);
        Scram.xor(proof, key);
        return proof;
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(key, (byte) 0);
    }

    /** Without it. */
    @Override
    public String toString() {
        return closed ? "client key, zeroed" : "client key";
    }
}
