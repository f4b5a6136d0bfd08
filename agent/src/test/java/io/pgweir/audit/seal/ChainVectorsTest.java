package io.pgweir.audit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.seal.TrailReport.ChainReport;
import io.pgweir.audit.seal.TrailReport.Range;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code schemas/audit-chain-vectors.json} is the contract: writer, verifier and a script of somebody else's agree with it. */
class ChainVectorsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir
    private Path directory;

    private JsonNode vectors = MAPPER.nullNode();
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void read() throws IOException {
        vectors = MAPPER.readTree(Files.readString(ROOT.resolve("schemas/audit-chain-vectors.json")));
        vectors.get("records").forEach(vector -> lines.add(vector.get("record").asString()));
        Files.writeString(
                directory.resolve("seal.pem"), vectors.get("private_key").asString());
        Files.writeString(
                directory.resolve("seal.pub.pem"), vectors.get("public_key").asString());
    }

    @Test
    void writerMakesThem() throws Exception {
        // Given
        SigningKey key = SealKeys.readSigningKey(directory.resolve("seal.pem"));
        Chain chain = new Chain(vectors.get("chain").asString());
        for (JsonNode vector : vectors.get("records")) {
            String record = vector.get("record").asString();
            RecordBuffer buffer = new RecordBuffer(64);
            buffer.writeBytes(vector.get("sealed").asString().getBytes(StandardCharsets.UTF_8));
            JsonNode checkpoint = MAPPER.readTree(record).path("checkpoint");

            // When
            if (checkpoint.isObject()) {
                assertThat(chain.checkpoint(key))
                        .isEqualTo(new Checkpoint(
                                checkpoint.get("first_seq").asLong(),
                                checkpoint.get("last_seq").asLong(),
                                checkpoint.get("records").asLong(),
                                checkpoint.get("root").asString(),
                                checkpoint.get("key_id").asString(),
                                checkpoint.get("signature").asString()));
                chain.sealCheckpoint(buffer, 0);
            } else {
                chain.seal(buffer, 0);
            }

            // Then
            assertThat(buffer.toString(StandardCharsets.UTF_8)
                            + vector.get("open").asString() + "}")
                    .isEqualTo(record);
            assertThat(HexFormat.of().formatHex(chain.hash()))
                    .isEqualTo(vector.get("hash").asString());
        }
    }

    @Test
    void verifierFindsThemWhole() throws Exception {
        // When
        PublicSealKey key = SealKeys.readPublicKey(directory.resolve("seal.pub.pem"));
        TrailReport report = SampleTrail.verify(lines, key);

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.chains())
                .containsExactly(new ChainReport(
                        vectors.get("chain").asString(), List.of(new Range(1, lines.size())), 0, 2, 2, 1, null));
        assertThat(report.opened()).isEqualTo(3);
        assertThat(report.erased()).isEqualTo(4);
    }

    @Test
    void proofIsTheOneOfTheVectors() throws Exception {
        // Given
        JsonNode expected = vectors.get("proof");
        PublicSealKey key = SealKeys.readPublicKey(directory.resolve("seal.pub.pem"));

        // When
        Proof proof = Prover.prove(
                List.of(SampleTrail.source(SampleTrail.bytes(lines))),
                vectors.get("chain").asString(),
                3,
                (bytes, records) -> {});
        java.io.StringWriter text = new java.io.StringWriter();
        proof.write(text);

        // Then
        assertThat(MAPPER.readTree(text.toString())).isEqualTo(expected);
        assertThat(Proof.read(expected.toString().getBytes(StandardCharsets.UTF_8))
                        .verify(List.of(key))
                        .faults())
                .isEmpty();
    }

    @Test
    void scriptOfTheDocumentationAgrees() throws Exception {
        // Given
        assumeTrue(runs("python3", "--version") && runs("openssl", "version"), "python3 and openssl");
        Path trail = directory.resolve("trail.ndjson");
        Files.write(trail, SampleTrail.bytes(lines));
        Path edited = directory.resolve("edited.ndjson");
        List<String> changed = new ArrayList<>(lines);
        changed.set(2, changed.get(2).replace("int4", "int8"));
        Files.write(edited, SampleTrail.bytes(changed));
        Path other = directory.resolve("other.pem");
        SealKeys.create(other);

        // Then
        assertThat(script(trail, directory.resolve("seal.pub.pem")))
                .isEqualTo("0 whole: " + lines.size() + " records, 1 of them behind the last checkpoint");
        assertThat(script(edited, directory.resolve("seal.pub.pem")))
                .startsWith("1 ")
                .contains("line 3: was changed");
        assertThat(script(trail, SealKeys.publicFile(other))).startsWith("1 ").contains("the signature is wrong");
    }

    private static String script(Path... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("python3", ROOT.resolve("docs/examples/verify.py").toString()));
        for (Path argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + " " + said.strip();
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException _) {
            return false;
        }
    }
}
