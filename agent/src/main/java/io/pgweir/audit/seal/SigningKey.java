package io.pgweir.audit.seal;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/** What checkpoints are signed with: Ed25519, and the public key that belongs to it. Any thread. */
public final class SigningKey {
    private final PrivateKey key;
    private final PublicSealKey publicKey;

    SigningKey(PrivateKey key, PublicSealKey publicKey) {
        this.key = key;
        this.publicKey = publicKey;
    }

    public PublicSealKey publicKey() {
        return publicKey;
    }

    byte[] sign(byte[] text) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key);
            signer.update(text);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 refused a key that it had made or read", e);
        }
    }
}
