package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 over buffers of any kind, without allocation: each piece is copied through a scratch array. */
final class Sha256 {
    private Sha256() {}

    static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static void update(MessageDigest digest, ByteBuf buffer, int at, int length, byte[] scratch) {
        if (buffer.hasArray()) {
            digest.update(buffer.array(), buffer.arrayOffset() + at, length);
            return;
        }
        for (int done = 0; done < length; done += scratch.length) {
            int piece = Math.min(scratch.length, length - done);
            buffer.getBytes(at + done, scratch, 0, piece);
            digest.update(scratch, 0, piece);
        }
    }
}
