package io.pgweir.audit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.RecordBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainTest {
    @TempDir
    private Path directory;

    @Test
    void linksEachRecordToTheOneBefore() {
        // Given
        Chain chain = new Chain("c");
        RecordBuffer buffer = new RecordBuffer(16);
        buffer.writeBytes("left alone".getBytes(StandardCharsets.UTF_8));

        // When
        String first = seal(chain, buffer, "{\"seq\":1,\"é\":\"\\n\"");
        String second = seal(chain, buffer, "{\"seq\":2");

        // Then
        String firstHash = Hashes.hex(Hashes.sha256()
                .digest(("{\"seq\":1,\"é\":\"\\n\",\"prev\":\"" + "0".repeat(64) + "\"")
                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(first)
                .isEqualTo(
                        "{\"seq\":1,\"é\":\"\\n\",\"prev\":\"" + "0".repeat(64) + "\",\"hash\":\"" + firstHash + "\"");
        assertThat(second).startsWith("{\"seq\":2,\"prev\":\"" + firstHash + "\",\"hash\":\"");
        assertThat(second).endsWith(Hashes.hex(chain.hash()) + "\"");
        assertThat(chain.seq()).isEqualTo(3);
    }

    @Test
    void checkpointCoversTheRecordsSinceTheLastOneItselfIncluded() throws Exception {
        // Given
        Chain chain = new Chain("c");
        RecordBuffer buffer = new RecordBuffer(16);
        MerkleTree tree = new MerkleTree();
        SigningKey key = SealKeys.create(directory.resolve("seal.pem"));
        seal(chain, buffer, "{\"seq\":1");
        tree.add(chain.hash());
        seal(chain, buffer, "{\"seq\":2");
        tree.add(chain.hash());

        // When
        Checkpoint first = chain.checkpoint(key);
        int from = buffer.size();
        buffer.writeBytes("{\"seq\":3".getBytes(StandardCharsets.UTF_8));
        chain.sealCheckpoint(buffer, from);
        Checkpoint second = chain.checkpoint(null);

        // Then
        assertThat(first)
                .isEqualTo(new Checkpoint(
                        1, 2, 2, Hashes.hex(tree.root()), key.publicKey().id(), first.signature()));
        assertThat(first.isSignedBy(key.publicKey(), "c")).isTrue();
        assertThat(first.isSignedBy(key.publicKey(), "d")).isFalse();
        tree.clear();
        tree.add(chain.hash());
        assertThat(second).isEqualTo(new Checkpoint(3, 3, 1, Hashes.hex(tree.root()), null, null));
        assertThat(second.isSignedBy(key.publicKey(), "c")).isFalse();
        assertThat(chain.uncovered()).isEqualTo(1);
    }

    @Test
    void checkpointOverNothingIsRefused() {
        assertThatThrownBy(() -> new Chain("c").checkpoint(null)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void signatureOfAnythingElseIsNone() throws Exception {
        // Given
        SigningKey key = SealKeys.create(directory.resolve("seal.pem"));
        SigningKey other = SealKeys.create(directory.resolve("other.pem"));
        Checkpoint signed = new Checkpoint(1, 2, 2, "ab", null, null).sign("c", key);

        // Then
        assertThat(signed.isSignedBy(other.publicKey(), "c")).isFalse();
        for (String signature : new String[] {"", "AAAA", "no base64!", signed.signature() + signed.signature()}) {
            Checkpoint forged = new Checkpoint(1, 2, 2, "ab", signed.keyId(), signature);
            assertThat(forged.isSignedBy(key.publicKey(), "c")).isFalse();
        }
        assertThat(new Checkpoint(1, 3, 2, "ab", signed.keyId(), signed.signature()).isSignedBy(key.publicKey(), "c"))
                .isFalse();
    }

    private static String seal(Chain chain, RecordBuffer buffer, String record) {
        int from = buffer.size();
        buffer.writeBytes(record.getBytes(StandardCharsets.UTF_8));
        chain.seal(buffer, from);
        return new String(buffer.array(), from, buffer.size() - from, StandardCharsets.UTF_8);
    }
}
