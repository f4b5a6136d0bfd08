package io.pgweir.audit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.seal.Prover.NoProofException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProofTest {
    @SuppressWarnings("NullAway.Init") // before all tests
    private static SigningKey key;

    @BeforeAll
    static void makeKey() throws Exception {
        key = SampleTrail.key();
    }

    @Test
    void everyCoveredRecordIsProven() throws Exception {
        SampleTrail trail = SampleTrail.small(key);
        Collections.shuffle(trail.lines, new Random(1));
        trail.lines.addAll(new ArrayList<>(trail.lines));
        for (long seq = 1; seq <= 9; seq++) {
            // When
            Proof proof = reread(prove(trail.lines, seq));

            // Then
            assertThat(proof.record()).contains("\"seq\":" + seq + ",");
            assertThat(proof.verify(List.of(key.publicKey())).faults()).isEmpty();
            assertThat(proof.verify(List.of(key.publicKey())).signedBy())
                    .isEqualTo(key.publicKey().id());
            assertThat(proof.verify(List.of()).signedBy()).isNull();
        }
    }

    @Test
    void changedProofIsNone() throws Exception {
        // Given
        SigningKey other = SampleTrail.key();
        Proof proof = prove(SampleTrail.small(key).lines, 3);
        Proof beside = prove(SampleTrail.small(key).lines, 4);
        Checkpoint checkpoint = proof.checkpoint();

        // Then
        assertThat(faults(
                        new Proof(proof.record().replace("FROM t", "FROM u"), proof.leaf(), proof.chain(), checkpoint)))
                .isNotEmpty();
        assertThat(faults(new Proof(beside.record(), proof.leaf(), proof.chain(), checkpoint)))
                .isNotEmpty();
        assertThat(faults(new Proof(proof.record(), beside.leaf(), proof.chain(), checkpoint)))
                .isNotEmpty();
        assertThat(faults(new Proof(proof.record(), proof.leaf(), "other", checkpoint)))
                .isNotEmpty();
        assertThat(faults(new Proof("no record", proof.leaf(), proof.chain(), checkpoint)))
                .isNotEmpty();
        assertThat(faults(new Proof(
                        proof.record(), proof.leaf(), proof.chain(), new Checkpoint(1, 5, 5, "ab", "cd", "ef"))))
                .isNotEmpty();
        assertThat(proof.verify(List.of(other.publicKey())).faults()).hasSize(1);
    }

    @Test
    void recordWithoutAProofSaysWhy() throws Exception {
        List<String> lines = SampleTrail.small(key).lines;
        assertThatThrownBy(() -> prove(lines, 11))
                .isInstanceOf(NoProofException.class)
                .hasMessageEndingWith("is not yet covered by a checkpoint");
        assertThatThrownBy(() -> prove(lines, 99)).hasMessageEndingWith("is not here, or was changed");
        lines.remove(1);
        assertThatThrownBy(() -> prove(lines, 3)).hasMessageEndingWith("not all records 1..5 are here");
        assertThat(prove(lines, 7).verify(List.of(key.publicKey())).faults()).isEmpty();
    }

    @Test
    void whatIsNoProofIsRefused() {
        assertThatThrownBy(() -> read("{}")).isInstanceOf(IOException.class).hasMessageStartingWith("no proof");
        assertThatThrownBy(() -> read("{\"proof\":1,\"leaf\":{\"path\":[\"xy\"]}}"))
                .isInstanceOf(IOException.class);
    }

    @Property(tries = 200)
    void garbageIsNoProof(@ForAll byte[] garbage) {
        assertThatThrownBy(() -> Proof.read(garbage)).isInstanceOf(IOException.class);
    }

    private static List<String> faults(Proof proof) {
        return proof.verify(List.of(key.publicKey())).faults();
    }

    private static Proof prove(List<String> lines, long seq) throws Exception {
        return Prover.prove(
                List.of(SampleTrail.source(SampleTrail.bytes(lines))), SampleTrail.CHAIN, seq, (bytes, records) -> {});
    }

    private static Proof reread(Proof proof) throws IOException {
        StringWriter text = new StringWriter();
        proof.write(text);
        return read(text.toString());
    }

    private static Proof read(String text) throws IOException {
        return Proof.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
