package io.pgweir.audit.seal;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;

/**
 * What checkpoints are verified with: Ed25519. Any thread.
 *
 * @param id first 16 hex digits of the SHA-256 of the key's SubjectPublicKeyInfo in DER
 */
public record PublicSealKey(PublicKey key, String id) {
    private static final int ID_BYTES = 8;

    static PublicSealKey of(PublicKey key) {
        byte[] hash = Hashes.sha256().digest(key.getEncoded());
        return new PublicSealKey(key, Hashes.hex(Arrays.copyOf(hash, ID_BYTES)));
    }

    /** False also for what is no signature at all. */
    boolean verifies(byte[] text, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(text);
            return verifier.verify(signature);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}
