package io.pgweir.auth;

import io.pgweir.wire.BackendMessage.Authentication;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Both halves against each other, and the bytes of their messages. */
final class Exchanges {
    static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private Exchanges() {}

    static KnownRole role(String name, RoleSecret secret) {
        return new KnownRole(name, secret, null);
    }

    /** As CREATE ROLE would store it. */
    static ScramVerifier verifier(String password, int iterations) {
        return new Password(password).derive(Scram.random(16), iterations).verifier();
    }

    static ScramServer server(String user, @Nullable KnownRole role) {
        return new ScramServer(user, role, NOW, new MockVerifiers(), null);
    }

    /** The server's last step; after a proof, the client's too. */
    static Played play(NodeLogin client, ScramServer server) {
        var offer = new StringBuilder();
        server.mechanisms().forEach(mechanism -> offer.append(mechanism).append('\0'));
        NodeLogin.Answer answer = client.onAuthentication(Authentication.SASL, bytes(offer + "\0"));
        ScramServer.Step step = null;
        while (answer instanceof NodeLogin.Send send) {
            step = server.onResponse(send.body());
            if (step instanceof ScramServer.Challenge challenge) {
                answer = client.onAuthentication(Authentication.SASL_CONTINUE, challenge.data());
            } else if (step instanceof ScramServer.Proven proven) {
                answer = client.onAuthentication(Authentication.SASL_FINAL, proven.data());
            } else {
                return new Played(answer, step);
            }
        }
        return new Played(answer, step);
    }

    record Played(NodeLogin.Answer client, ScramServer.@Nullable Step server) {
        NodeSecret secret() {
            return server instanceof ScramServer.Proven proven ? proven.secret() : unexpected();
        }

        private NodeSecret unexpected() {
            throw new AssertionError(client + ", " + server);
        }
    }

    static byte[] initial(String mechanism, String first) {
        byte[] name = bytes(mechanism);
        byte[] data = bytes(first);
        return ByteBuffer.allocate(name.length + 5 + data.length)
                .put(name)
                .put((byte) 0)
                .putInt(data.length)
                .put(data)
                .array();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
