package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.seal.Chain;
import io.pgweir.audit.seal.Checkpoint;
import io.pgweir.audit.seal.SealKeys;
import io.pgweir.audit.seal.SigningKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private String key = "";
    private String trail = "";

    @BeforeEach
    void makeTrail() throws IOException {
        key = directory.resolve("seal.pub.pem").toString();
        trail = directory.resolve("trail.ndjson").toString();
        Files.write(Path.of(trail), lines(SealKeys.create(directory.resolve("seal.pem"))));
    }

    @Test
    void wholeTrailIsSaidToBeWhole() {
        // When
        int code = execute("audit", "verify", trail, "--public-key", key, "--require-signatures");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains("chain c: 1..4 whole, 1 checkpoint valid (1 signed by a given key)\n")
                .endsWith("whole: 4 records, 1 chain\n");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void editIsNamedWithItsLine() throws IOException {
        // Given
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(trail)));
        lines.set(1, lines.get(1).replace("SELECT 2", "SELECT 3"));
        Files.write(Path.of(trail), lines);

        // When
        int code = execute("audit", "verify", trail);

        // Then
        assertThat(code).isEqualTo(1);
        assertThat(out.toString())
                .contains("edited: " + trail + ":2: chain c: record 2 was changed")
                .contains("NOT whole: 1 finding in 4 records");
    }

    @Test
    void reportIsJsonWhereAskedFor() {
        // When
        int code = execute("audit", "verify", "--json", trail);

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .startsWith("{\"whole\":true,\"records\":4,")
                .contains("\"ranges\":[{\"first\":1,\"last\":4}]")
                .endsWith("}\n");
    }

    @Test
    void recordIsProvenWithoutTheOthers() throws IOException {
        // Given
        Path proof = directory.resolve("proof.json");
        int proved = execute("audit", "prove", trail, "--chain", "c", "--seq", "2");
        Files.writeString(proof, out.toString());
        Files.delete(Path.of(trail));

        // When
        int code = execute("audit", "verify", "--proof", proof.toString(), "--public-key", key);

        // Then
        assertThat(proved).isZero();
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains("proven: record 2 of chain c is under the checkpoint over 1..3, signed with key ");
        Files.writeString(proof, Files.readString(proof).replace("SELECT 2", "SELECT 3"));
        assertThat(execute("audit", "verify", "--proof", proof.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("NOT proven: record 2 of chain c");
    }

    @Test
    void whatCannotBeProvenSaysWhy() {
        assertThat(execute("audit", "prove", trail, "--chain", "c", "--seq", "4"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("record 4 of chain c is not yet covered by a checkpoint");
    }

    @Test
    void missingEmptyAndWrongInputsHaveTheirCodes() throws IOException {
        // Given
        Path empty = directory.resolve("empty");
        Files.writeString(empty, "garbage\n");

        // Then
        assertThat(execute("audit", "verify", directory.resolve("none").toString()))
                .isEqualTo(66);
        assertThat(execute("audit", "verify", empty.toString())).isEqualTo(65);
        assertThat(execute("audit", "verify", trail, "--public-key", trail)).isEqualTo(78);
        assertThat(execute("audit", "verify", "--proof", empty.toString())).isEqualTo(65);
        assertThat(execute(
                        "audit", "verify", "--proof", directory.resolve("none").toString()))
                .isEqualTo(66);
        assertThat(execute("audit", "prove", directory.resolve("none").toString(), "--chain", "c", "--seq", "1"))
                .isEqualTo(66);
        assertThat(execute("audit", "verify")).isEqualTo(64);
        assertThat(execute("audit", "verify", trail, "--proof", trail)).isEqualTo(64);
        assertThat(execute("audit", "prove", "--chain", "c", "--seq", "1")).isEqualTo(64);
        assertThat(execute("audit")).isEqualTo(64);
        assertThat(execute("audit", "keys")).isEqualTo(64);
        assertThat(err.toString()).doesNotContain("\tat ");
    }

    @Test
    void newKeyIsMadeOnceAndItsPublicHalfShown() throws IOException {
        // Given
        Path file = directory.resolve("new.pem");

        // When
        int made = execute("audit", "keys", "new", "--out", file.toString());
        String told = out.toString();
        int again = execute("audit", "keys", "new", "--out", file.toString());
        out.getBuffer().setLength(0);
        int shown = execute("audit", "keys", "public", file.toString());

        // Then
        assertThat(made).isZero();
        assertThat(told)
                .contains("private key  " + file)
                .contains("public key   " + directory.resolve("new.pub.pem"))
                .containsPattern("key id +[0-9a-f]{16}\n");
        assertThat(again).isEqualTo(74);
        assertThat(shown).isZero();
        assertThat(out.toString()).isEqualTo(Files.readString(directory.resolve("new.pub.pem")));
        assertThat(execute("audit", "keys", "public", trail)).isEqualTo(78);
    }

    @Test
    void progressIsShownOnATerminalAndErased() throws InterruptedException {
        // Given
        PrintWriter to = new PrintWriter(err, true);

        // When
        try (ProgressBar bar = ProgressBar.of(to, true, 200)) {
            org.awaitility.Awaitility.await().until(() -> {
                bar.at(100, 1234);
                return !err.toString().isEmpty();
            });
        }

        // Then
        assertThat(err.toString())
                .startsWith("[###############---------------]  50 %  1,234 records\r")
                .endsWith(" \r");
    }

    private int execute(String... args) {
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    /** Two statements and a start, a checkpoint over them. */
    private static List<String> lines(SigningKey key) {
        Chain chain = new Chain("c");
        List<String> lines = new ArrayList<>();
        lines.add(seal(chain, "audit.start", "\"n\":1", false));
        lines.add(seal(chain, "statement", "\"sql\":{\"text\":\"SELECT 2\"}", false));
        lines.add(seal(chain, "statement", "\"sql\":{\"text\":\"SELECT 3\"}", false));
        Checkpoint made = chain.checkpoint(key);
        lines.add(seal(
                chain,
                "audit.checkpoint",
                "\"checkpoint\":{\"first_seq\":1,\"last_seq\":3,\"records\":3,\"root\":\"" + made.root()
                        + "\",\"key_id\":\"" + made.keyId() + "\",\"signature\":\"" + made.signature() + "\"}",
                true));
        return lines;
    }

    private static String seal(Chain chain, String type, String members, boolean isCheckpoint) {
        RecordBuffer buffer = new RecordBuffer(256);
        buffer.writeBytes(
                ("{\"version\":1,\"type\":\"" + type + "\",\"chain\":\"c\",\"seq\":" + chain.seq() + "," + members)
                        .getBytes(StandardCharsets.UTF_8));
        if (isCheckpoint) {
            chain.sealCheckpoint(buffer, 0);
        } else {
            chain.seal(buffer, 0);
        }
        return buffer.toString(StandardCharsets.UTF_8) + "}";
    }
}
