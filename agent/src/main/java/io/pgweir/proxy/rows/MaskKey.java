package io.pgweir.proxy.rows;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 under the key of the configuration. The same value gives the same hex for as long as the key stays; without the
 * key nobody can try values out. One a thread.
 */
final class MaskKey {
    /** Of the 32 that HMAC-SHA-256 gives: 128 bits do not meet by chance, and 32 letters fit most columns. */
    static final int BYTES_KEPT = 16;

    private static final String ALGORITHM = "HmacSHA256";

    private final Mac mac;
    private final byte[] digest = new byte[32];

    MaskKey(byte[] key) {
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The first {@value #BYTES_KEPT} bytes count; valid until the next call. */
    byte[] digest(byte[] value, int length) {
        try {
            mac.update(value, 0, length);
            mac.doFinal(digest, 0);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        return digest;
    }
}
