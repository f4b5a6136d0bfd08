package io.pgweir.auth;

import io.pgweir.wire.BackendMessage.Authentication;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Watches a SCRAM exchange that passes between a client and a server, and learns from the client's proof what it logs in with:
 * ClientKey = ClientProof XOR HMAC(StoredKey, AuthMessage), which whoever has the verifier can compute and nobody else.
 *
 * <p>Judges nothing: that is the server's. Whatever it does not understand, it has not seen. What it keeps is a proof, which is as good as
 * the key to whoever has the verifier: {@link #close} zeroes it. Source: RFC 5802 section 3. Thread: the session's.
 */
public final class ScramWitness implements AutoCloseable {
    private static final byte[] COMMA = {','};
    private static final byte[] PROOF = {',', 'p', '='};
    private static final byte[] NOTHING = {};

    private boolean offered;
    private byte[] firstBare = NOTHING;
    private byte[] serverFirst = NOTHING;
    private byte[] withoutProof = NOTHING;
    private byte[] proof = NOTHING;
    private boolean closed;

    /** @param body of an Authentication message, its code first */
    public void onServer(byte[] body) {
        if (closed || body.length < Integer.BYTES) {
            return;
        }
        switch (ByteBuffer.wrap(body).getInt()) {
            case Authentication.SASL -> offered = true;
            case Authentication.SASL_CONTINUE -> serverFirst = Arrays.copyOfRange(body, Integer.BYTES, body.length);
            default -> {}
        }
    }

    /** @param body of a {@code p}; taken, and zeroed */
    public void onClient(byte[] body) {
        if (closed) {
            Arrays.fill(body, (byte) 0);
            return;
        }
        if (offered && firstBare.length == 0) {
            firstBare = firstBare(body);
        } else if (serverFirst.length > 0 && proof.length == 0) {
            onFinal(body);
        }
        Arrays.fill(body, (byte) 0);
    }

    /** Behind mechanism, zero byte, Int32 length, and the gs2-header with its two commas. */
    private static byte[] firstBare(byte[] body) {
        int at = 0;
        while (at < body.length && body[at] != 0) {
            at++;
        }
        at += 1 + Integer.BYTES;
        for (int commas = 0; at < body.length && commas < 2; at++) {
            if (body[at] == ',') {
                commas++;
            }
        }
        return at < body.length ? Arrays.copyOfRange(body, at, body.length) : NOTHING;
    }

    /** Not by way of a string, which nobody could zero. */
    private void onFinal(byte[] body) {
        int at = body.length - PROOF.length;
        while (at >= 0 && !Arrays.equals(body, at, at + PROOF.length, PROOF, 0, PROOF.length)) {
            at--;
        }
        if (at < 0) {
            return;
        }
        byte[] text = Arrays.copyOfRange(body, at + PROOF.length, body.length);
        byte[] found = Scram.decoded(text);
        Arrays.fill(text, (byte) 0);
        if (found != null && found.length == Scram.KEY_BYTES) {
            proof = found;
            withoutProof = Arrays.copyOf(body, at);
        }
    }

    /** Null where there was no such exchange, or not by that verifier. The caller closes it. */
    public @Nullable ClientKey key(ScramVerifier verifier) {
        if (proof.length == 0) {
            return null;
        }
        byte[] key = proof.clone();
        Scram.xor(key, Scram.hmac(verifier.storedKey(), firstBare, COMMA, serverFirst, COMMA, withoutProof));
        if (MessageDigest.isEqual(Scram.hash(key), verifier.storedKey())) {
            return new ClientKey(key, verifier);
        }
        Arrays.fill(key, (byte) 0);
        return null;
    }

    /** It sees nothing any more, and has seen nothing. */
    @Override
    public void close() {
        closed = true;
        for (byte[] kept : new byte[][] {firstBare, serverFirst, withoutProof, proof}) {
            Arrays.fill(kept, (byte) 0);
        }
        proof = NOTHING;
    }
}
