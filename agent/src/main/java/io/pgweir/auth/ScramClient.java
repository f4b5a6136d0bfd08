package io.pgweir.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of SCRAM-SHA-256, by a key or a password, checking the server's signature. Faults of the server's messages
 * are {@link ScramFault}s.
 *
 * <p>Sources: RFC 5802, RFC 7677, RFC 5929. Thread: the session's.
 */
final class ScramClient {
    private static final byte[] COMMA = {','};

    private final NodeSecret secret;
    private final String header;
    private final byte[] bindingInput;
    private final String nonce;
    private byte[] serverSignature = {};

    /**
     * @param header gs2-header
     * @param endPoint of the server's certificate, where the header names it
     */
    ScramClient(NodeSecret secret, String header, byte[] endPoint) {
        this(secret, header, endPoint, Scram.nonce());
    }

    ScramClient(NodeSecret secret, String header, byte[] endPoint, String nonce) {
        this.secret = secret;
        this.header = header;
        this.nonce = nonce;
        byte[] text = ascii(header);
        this.bindingInput = new byte[text.length + endPoint.length];
        System.arraycopy(text, 0, bindingInput, 0, text.length);
        System.arraycopy(endPoint, 0, bindingInput, text.length, endPoint.length);
    }

    /** client-first-message, without user: the startup packet has it. */
    byte[] first() {
        return ascii(header + firstBare());
    }

    private String firstBare() {
        return "n=,r=" + nonce;
    }

    /**
     * client-final-message; null where the server's verifier is not the key's.
     *
     * @param serverFirst server-first-message
     */
    byte @Nullable [] last(byte[] serverFirst) throws ScramFault {
        var reader = new ScramReader(serverFirst);
        String serverNonce = reader.value('r');
        if (!serverNonce.startsWith(nonce) || serverNonce.length() == nonce.length()) {
            throw ScramFault.malformed("The nonce does not begin with the client's, or is the client's.");
        }
        byte[] salt = Scram.base64(reader.value('s'));
        if (salt == null || salt.length == 0) {
            throw ScramFault.malformed("The salt is no Base64.");
        }
        int iterations = iterations(reader.value('i'));
        if (!reader.isAtEnd()) {
            throw ScramFault.malformed("Garbage found at the end of server-first-message.");
        }
        ClientKey key = key(salt, iterations);
        if (key == null) {
            return null;
        }
        byte[] withoutProof = ascii("c=" + Scram.base64(bindingInput) + ",r=" + serverNonce);
        byte[][] authMessage = {ascii(firstBare()), COMMA, serverFirst, COMMA, withoutProof};
        byte[] proof = ascii(",p=" + Scram.base64(key.proof(authMessage)));
        serverSignature = Scram.hmac(key.verifier().serverKey(), authMessage);
        byte[] last = new byte[withoutProof.length + proof.length];
        System.arraycopy(withoutProof, 0, last, 0, withoutProof.length);
        System.arraycopy(proof, 0, last, withoutProof.length, proof.length);
        return last;
    }

    private @Nullable ClientKey key(byte[] salt, int iterations) throws ScramFault {
        return switch (secret) {
            case ClientKey key -> key.verifier().isSaltedBy(salt, iterations) ? key : null;
            case Password password -> {
                if (iterations > Password.ITERATIONS_MAX) {
                    throw ScramFault.malformed("The server asks for " + iterations + " iterations (expected: at most "
                            + Password.ITERATIONS_MAX + ").");
                }
                yield password.derive(salt, iterations);
            }
        };
    }

    private static int iterations(String text) throws ScramFault {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw ScramFault.malformed("The iteration count is no number.");
        }
        return Integer.parseInt(text);
    }

    /** Whether whoever sent server-final-message knows the verifier. */
    boolean isGenuine(byte[] serverFinal) throws ScramFault {
        var reader = new ScramReader(serverFinal);
        if (reader.peek() == 'e') {
            throw ScramFault.malformed("The server says " + ScramReader.printable(reader.value('e')) + ".");
        }
        byte[] signature = Scram.base64(reader.value('v'));
        return signature != null && serverSignature.length > 0 && MessageDigest.isEqual(signature, serverSignature);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
