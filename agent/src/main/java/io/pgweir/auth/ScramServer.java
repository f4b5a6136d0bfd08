package io.pgweir.auth;

import io.pgweir.wire.SqlState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of SCRAM-SHA-256, answered from a verifier as PostgreSQL answers it; the proof reveals the ClientKey.
 *
 * <pre>
 *              client                      server
 *  INITIAL     SASLInitialResponse   -->
 *  FIRST                             <--   SASLContinue, empty      where it came without a first message
 *              client-first-message  -->
 *  FINAL                             <--   SASLContinue r=,s=,i=
 *              client-final-message  -->
 *  OVER                              <--   SASLFinal v=             ClientKey = ClientProof XOR HMAC(StoredKey, AuthMessage)
 * </pre>
 *
 * A role that is not there, or cannot log in, is asked all the same, and fails where a wrong password does, with the same words.
 *
 * <p>Sources: RFC 5802, RFC 7677, RFC 5929; auth-scram.c and auth-sasl.c. Thread: the session's.
 */
public final class ScramServer {
    /** Body of a message of the client's (PG_MAX_SASL_MESSAGE_LENGTH less the length word). */
    public static final int BODY_BYTES_MAX = 1020;

    private static final byte[] COMMA = {','};

    /** What is said next. */
    public sealed interface Step {}

    /** @param data of AuthenticationSASLContinue */
    public record Challenge(byte[] data) implements Step {}

    /**
     * @param data of AuthenticationSASLFinal, which AuthenticationOk follows
     * @param secret for servers, with which this role logs in there; the caller closes a {@link ClientKey}
     */
    public record Proven(byte[] data, NodeSecret secret) implements Step {}

    /**
     * Ends the connection.
     *
     * @param why for a log, never for the client: it may tell that there is no such role
     */
    public record Refused(
            String sqlState, String message, @Nullable String detail, String why) implements Step {}

    private enum State {
        INITIAL,
        FIRST,
        FINAL,
        OVER
    }

    private final String user;
    private final ScramVerifier verifier;
    private final @Nullable Password password;
    private final @Nullable String hindrance;
    private final byte @Nullable [] endPoint;
    private final String serverNonce;
    private State state = State.INITIAL;
    private boolean plus;
    private char flag;
    private byte[] firstBare = {};
    private byte[] serverFirst = {};
    private String nonce = "";

    /**
     * @param role null for one that is not known
     * @param endPoint of the certificate that this client was shown, see {@link ChannelBinding#endPoint}; null without TLS
     */
    public ScramServer(
            String user, @Nullable KnownRole role, Instant now, MockVerifiers mocks, byte @Nullable [] endPoint) {
        this(user, role, now, mocks, endPoint, Scram.nonce());
    }

    ScramServer(
            String user,
            @Nullable KnownRole role,
            Instant now,
            MockVerifiers mocks,
            byte @Nullable [] endPoint,
            String serverNonce) {
        this.user = user;
        this.serverNonce = serverNonce;
        this.endPoint = endPoint;
        this.hindrance = role == null ? "role is not known" : role.hindrance(now);
        RoleSecret secret = hindrance == null && role != null ? role.secret() : null;
        this.password = secret instanceof Password clear ? clear : null;
        this.verifier = switch (secret) {
            case ScramVerifier stored -> stored;
            case Password clear -> mocks.of(user, clear);
            case Md5Hash none -> mocks.absent(user);
            case null -> mocks.absent(user);
        };
    }

    /** For AuthenticationSASL. */
    public List<String> mechanisms() {
        return endPoint == null ? List.of(Scram.MECHANISM) : List.of(Scram.MECHANISM_PLUS, Scram.MECHANISM);
    }

    /** @param body of the client's {@code p}; taken, and zeroed */
    public Step onResponse(byte[] body) {
        try {
            return switch (state) {
                case INITIAL -> initial(body);
                case FIRST -> first(body);
                case FINAL -> last(body);
                case OVER -> throw new IllegalStateException("SCRAM response: after the end (expected: none)");
            };
        } catch (ScramFault fault) {
            state = State.OVER;
            return fault.refused("malformed SCRAM message");
        } finally {
            Arrays.fill(body, (byte) 0);
        }
    }

    /** Mechanism, zero byte, Int32 length or -1, client-first-message. */
    private Step initial(byte[] body) throws ScramFault {
        if (body.length > BODY_BYTES_MAX) {
            return failed("SASLInitialResponse of " + body.length + " bytes");
        }
        int zero = 0;
        while (zero < body.length && body[zero] != 0) {
            zero++;
        }
        if (zero == body.length) {
            throw ScramFault.violation("invalid string in message");
        }
        String mechanism = new String(body, 0, zero, StandardCharsets.ISO_8859_1);
        plus = endPoint != null && mechanism.equals(Scram.MECHANISM_PLUS);
        if (!plus && !mechanism.equals(Scram.MECHANISM)) {
            throw ScramFault.violation("client selected an invalid SASL authentication mechanism");
        }
        int left = body.length - zero - 1 - Integer.BYTES;
        int length = left < 0 ? 0 : ByteBuffer.wrap(body).getInt(zero + 1);
        if (left < 0 || length < -1 || length > left) {
            throw ScramFault.violation("insufficient data left in message");
        }
        if (Math.max(length, 0) < left) {
            throw ScramFault.violation("invalid message format");
        }
        if (length == -1) {
            state = State.FIRST;
            return new Challenge(new byte[0]);
        }
        return first(Arrays.copyOfRange(body, body.length - length, body.length));
    }

    private Step first(byte[] message) throws ScramFault {
        if (message.length > BODY_BYTES_MAX) {
            return failed("client-first-message of " + message.length + " bytes");
        }
        check(message);
        var reader = new ScramReader(message);
        binding(reader);
        if (reader.peek() == 'a') {
            throw unsupported("client uses authorization identity, but it is not supported");
        }
        if (reader.peek() != ',') {
            throw ScramFault.malformed(
                    "Unexpected attribute \"" + ScramReader.printable(reader.peek()) + "\" in client-first-message.");
        }
        reader.skip();
        firstBare = reader.rest();
        if (reader.peek() == 'm') {
            throw unsupported("client requires an unsupported SCRAM extension");
        }
        // The user is the startup packet's.
        reader.value('n');
        String clientNonce = reader.value('r');
        if (!clientNonce.chars().allMatch(character -> character >= 0x21 && character <= 0x7e)) {
            throw ScramFault.violation("non-printable characters in SCRAM nonce");
        }
        while (!reader.isAtEnd()) {
            reader.anyAttribute();
        }
        nonce = clientNonce + serverNonce;
        serverFirst = ascii("r=" + nonce + ",s=" + Scram.base64(verifier.salt()) + ",i=" + verifier.iterations());
        state = State.FINAL;
        return new Challenge(serverFirst);
    }

    /** The flag of the gs2-header, and the comma behind it unless that is to be found by whoever reads on. */
    private void binding(ScramReader reader) throws ScramFault {
        flag = (char) reader.peek();
        switch (flag) {
            case 'n', 'y' -> {
                if (plus) {
                    throw ScramFault.malformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not"
                            + " include channel binding data.");
                }
                if (flag == 'y' && endPoint != null) {
                    throw new ScramFault(
                            SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                            "SCRAM channel binding negotiation error",
                            "The client supports SCRAM channel binding but thinks the server does not.  However, this"
                                    + " server does support channel binding.");
                }
                reader.skip();
                reader.comma();
            }
            case 'p' -> {
                if (!plus) {
                    throw ScramFault.malformed(
                            "The client selected SCRAM-SHA-256 without channel binding, but the SCRAM"
                                    + " message includes channel binding data.");
                }
                String type = reader.value('p');
                if (!type.equals("tls-server-end-point")) {
                    throw ScramFault.violation(
                            "unsupported SCRAM channel-binding type \"" + ScramReader.printable(type) + "\"");
                }
            }
            default ->
                throw ScramFault.malformed(
                        "Unexpected channel-binding flag \"" + ScramReader.printable(reader.peek()) + "\".");
        }
    }

    private Step last(byte[] message) throws ScramFault {
        if (message.length > BODY_BYTES_MAX) {
            return failed("client-final-message of " + message.length + " bytes");
        }
        check(message);
        var reader = new ScramReader(message);
        checkBinding(reader.value('c'));
        String lastNonce = reader.value('r');
        int behind = reader.find('p');
        byte[] proof = reader.base64(Scram.KEY_BYTES);
        if (proof == null) {
            throw ScramFault.malformed("Malformed proof in client-final-message.");
        }
        if (!reader.isAtEnd()) {
            throw ScramFault.malformed("Garbage found at the end of client-final-message.");
        }
        if (!lastNonce.equals(nonce)) {
            throw new ScramFault(SqlState.PROTOCOL_VIOLATION, "invalid SCRAM response", "Nonce does not match.");
        }
        byte[] withoutProof = reader.before(behind - 1);
        byte[][] authMessage = {firstBare, COMMA, serverFirst, COMMA, withoutProof};
        Scram.xor(proof, Scram.hmac(verifier.storedKey(), authMessage));
        // In this order, as PostgreSQL: the time must not tell that there is no such role.
        boolean fits = MessageDigest.isEqual(Scram.hash(proof), verifier.storedKey());
        if (!fits || hindrance != null) {
            Arrays.fill(proof, (byte) 0);
            return failed(hindrance != null ? hindrance : "proof does not fit");
        }
        state = State.OVER;
        byte[] signature = ascii("v=" + Scram.base64(Scram.hmac(verifier.serverKey(), authMessage)));
        if (password == null) {
            return new Proven(signature, new ClientKey(proof, verifier));
        }
        Arrays.fill(proof, (byte) 0);
        return new Proven(signature, password);
    }

    private void checkBinding(String found) throws ScramFault {
        byte[] data = plus ? endPoint : null;
        if (data == null) {
            if (!found.equals(flag == 'n' ? "biws" : "eSws")) {
                throw ScramFault.violation("unexpected SCRAM channel-binding attribute in client-final-message");
            }
            return;
        }
        byte[] header = ascii(Scram.PLUS_HEADER);
        byte[] expected = Arrays.copyOf(header, header.length + data.length);
        System.arraycopy(data, 0, expected, header.length, data.length);
        if (!found.equals(Scram.base64(expected))) {
            throw new ScramFault(
                    SqlState.INVALID_AUTHORIZATION_SPECIFICATION, "SCRAM channel binding check failed", null);
        }
    }

    private static void check(byte[] message) throws ScramFault {
        if (message.length == 0) {
            throw ScramFault.malformed("The message is empty.");
        }
        for (byte character : message) {
            if (character == 0) {
                throw ScramFault.malformed("Message length does not match input length.");
            }
        }
    }

    private static ScramFault unsupported(String message) {
        return new ScramFault(SqlState.FEATURE_NOT_SUPPORTED, message, null);
    }

    private Refused failed(String why) {
        state = State.OVER;
        return new Refused(
                SqlState.INVALID_PASSWORD, "password authentication failed for user \"" + user + '"', null, why);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
