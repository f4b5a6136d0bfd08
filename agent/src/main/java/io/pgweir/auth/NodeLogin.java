package io.pgweir.auth;

import io.pgweir.wire.BackendMessage.Authentication;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A login to a server, from its first Authentication message to AuthenticationOk: what the server asks, answered by what is there.
 *
 * <pre>
 *  server asks   with a {@link ClientKey}              with a {@link Password}
 *  nothing       fine                        fine
 *  SASL          SCRAM-SHA-256, -PLUS        SCRAM-SHA-256, -PLUS
 *  MD5           cannot                      md5
 *  clear text    cannot                      over TLS only
 * </pre>
 *
 * A server that has asked for a proof must give its own before its Ok counts. Thread: the session's.
 */
public final class NodeLogin {
    private static final byte[] NOTHING = {};

    /** What becomes of one Authentication message. */
    public sealed interface Answer {}

    /** @param body of the {@code p} to send */
    public record Send(byte[] body) implements Answer {}

    /** The server goes on. */
    public record Wait() implements Answer {}

    /** AuthenticationOk. */
    public record Done() implements Answer {}

    /**
     * The connection is of no use.
     *
     * @param stale whether the server's verifier is another than the key's: see {@link Verifiers#invalidate}
     * @param reason for a log
     */
    public record Failed(boolean stale, String reason) implements Answer {}

    private final String user;
    private final NodeSecret secret;
    private final boolean tls;
    private final byte @Nullable [] endPoint;
    private @Nullable ScramClient scram;
    private boolean genuine = true;

    /** @param endPoint of the server's certificate, see {@link ChannelBinding#endPoint}; null without TLS, or where it has none */
    public NodeLogin(String user, NodeSecret secret, boolean tls, byte @Nullable [] endPoint) {
        this.user = user;
        this.secret = secret;
        this.tls = tls;
        this.endPoint = endPoint;
    }

    /** @param rest of the message's body, behind the code */
    public Answer onAuthentication(int code, byte[] rest) {
        try {
            return switch (code) {
                case Authentication.OK -> ok();
                case Authentication.CLEARTEXT_PASSWORD -> clear();
                case Authentication.MD5_PASSWORD -> md5(rest);
                case Authentication.SASL -> sasl(rest);
                case Authentication.SASL_CONTINUE -> challenge(rest);
                case Authentication.SASL_FINAL -> last(rest);
                default -> failed("the server asks for authentication method " + code + " (expected: SCRAM-SHA-256)");
            };
        } catch (ScramFault fault) {
            return failed("the server's SCRAM message is malformed: " + fault.detail());
        }
    }

    private Answer ok() {
        return genuine ? new Done() : failed("the server lets in without proving that it knows the role's verifier");
    }

    private Answer sasl(byte[] rest) {
        String offered = '\0' + new String(rest, StandardCharsets.ISO_8859_1);
        boolean offersPlus = offered.contains('\0' + Scram.MECHANISM_PLUS + '\0');
        if (scram != null || (!offersPlus && !offered.contains('\0' + Scram.MECHANISM + '\0'))) {
            return failed("the server offers no SCRAM-SHA-256");
        }
        boolean plus = offersPlus && endPoint != null;
        String mechanism = plus ? Scram.MECHANISM_PLUS : Scram.MECHANISM;
        // As libpq: y says that a binding was possible and was not offered.
        String header = plus ? Scram.PLUS_HEADER : endPoint != null ? "y,," : "n,,";
        var started = new ScramClient(secret, header, plus && endPoint != null ? endPoint : NOTHING);
        scram = started;
        genuine = false;
        byte[] first = started.first();
        byte[] name = mechanism.getBytes(StandardCharsets.US_ASCII);
        return new Send(ByteBuffer.allocate(name.length + 1 + Integer.BYTES + first.length)
                .put(name)
                .put((byte) 0)
                .putInt(first.length)
                .put(first)
                .array());
    }

    private Answer challenge(byte[] serverFirst) throws ScramFault {
        if (scram == null) {
            return failed("the server's SCRAM message comes out of turn");
        }
        byte[] proof = scram.last(serverFirst);
        return proof != null
                ? new Send(proof)
                : new Failed(true, "the server's verifier of the role is not the one that the client was asked by");
    }

    private Answer last(byte[] serverFinal) throws ScramFault {
        if (scram == null || !scram.isGenuine(serverFinal)) {
            return failed("the server does not know the role's verifier");
        }
        genuine = true;
        return new Wait();
    }

    private Answer clear() {
        if (!(secret instanceof Password password)) {
            return failed("the server asks for the password in clear text (expected: SCRAM-SHA-256)");
        }
        if (!tls) {
            return failed("the server asks for the password in clear text, without TLS (expected: with TLS)");
        }
        return new Send(zeroTerminated(password.clear()));
    }

    private Answer md5(byte[] salt) {
        return secret instanceof Password password
                ? new Send(zeroTerminated("md5" + md5(md5(password.clear() + user, NOTHING), salt)))
                : failed("the server asks for an md5 password (expected: SCRAM-SHA-256)");
    }

    private static String md5(String text, byte[] salt) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(salt));
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException(absent);
        }
    }

    private static byte[] zeroTerminated(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    private static Failed failed(String reason) {
        return new Failed(false, reason);
    }
}
