package io.pgweir.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes of SCRAM's messages. */
final class Exchanges {
    private Exchanges() {}

    /** As CREATE ROLE would store it. */
    static ScramVerifier verifier(String password, int iterations) {
        return new Password(password).derive(Scram.random(16), iterations).verifier();
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
