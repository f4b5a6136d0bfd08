package io.pgweir.audit.seal;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code audit.checkpoint} says of a run of records: the root of the {@link MerkleTree} over their hashes, signed.
 *
 * @param first number of the first record: 1, or the checkpoint's before
 * @param last number of the last record: the one before this checkpoint's own
 * @param records how many: {@code last - first + 1}
 * @param root in hex
 * @param keyId of the key that signed; null where there is no signature
 * @param signature Ed25519 in base64; null for none
 */
public record Checkpoint(
        long first,
        long last,
        long records,
        String root,
        @Nullable String keyId,
        @Nullable String signature) {

    /** The same, signed as one of {@code chain}. */
    Checkpoint sign(String chain, SigningKey key) {
        String made = Base64.getEncoder().encodeToString(key.sign(signedText(chain)));
        return new Checkpoint(first, last, records, root, key.publicKey().id(), made);
    }

    /** Whether {@code key} signed it as one of {@code chain}. */
    public boolean isSignedBy(PublicSealKey key, String chain) {
        if (signature == null) {
            return false;
        }
        try {
            return key.verifies(signedText(chain), Base64.getDecoder().decode(signature));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /** ASCII, lines that end with a line feed, the last one too. */
    private byte[] signedText(String chain) {
        return ("pgweir audit checkpoint v1\n" + chain + "\n" + first + "\n" + last + "\n" + root + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
