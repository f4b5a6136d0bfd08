package io.pgweir.capture;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM over one file's blocks. The nonce is the block's number; vouched for with the bytes are the file's header and the
 * block's head, so that no block can stand elsewhere. One thread.
 */
final class BlockCipher {
    static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;

    private final SecretKey key;
    private final byte[] headerDigest;

    BlockCipher(SecretKey key, byte[] headerDigest) {
        this.key = key;
        this.headerDigest = headerDigest;
    }

    byte[] encrypt(BlockHead head, byte[] plain, int length) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, head).doFinal(plain, 0, length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-256-GCM", e);
        }
    }

    /** Null where they are not what was encrypted. */
    byte @Nullable [] decrypt(BlockHead head, byte[] stored) {
        if (stored.length < TAG_BYTES) {
            return null;
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, head).doFinal(stored);
        } catch (AEADBadTagException forged) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-256-GCM", e);
        }
    }

    private Cipher cipher(int mode, BlockHead head) throws GeneralSecurityException {
        ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES).putLong(NONCE_BYTES - Long.BYTES, head.number());
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce.array()));
        cipher.updateAAD(headerDigest);
        cipher.updateAAD(head.write().limit(BlockHead.SEALED_BYTES));
        return cipher;
    }
}
