package io.pgweir.audit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.encode.ChunkText;
import io.pgweir.audit.seal.TrailReport.Range;
import io.pgweir.audit.spool.Spool;
import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class TrailFilesTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir
    private Path directory;

    private List<String> lines = List.of();

    @BeforeEach
    void makeTrail() {
        lines = SampleTrail.small(null).lines;
    }

    @Test
    void gzipIsReadWhateverItsName() throws Exception {
        // Given
        Path file = directory.resolve("trail");
        Files.write(file, gzip(SampleTrail.bytes(lines)));

        // Then
        assertThat(verify(file).findings()).isEmpty();
    }

    @Test
    void zstdIsReadToo() throws Exception {
        // Given
        Path file = directory.resolve("trail.ndjson.zst");
        Files.write(file, com.github.luben.zstd.Zstd.compress(SampleTrail.bytes(lines)));

        // Then
        assertThat(verify(file).findings()).isEmpty();
    }

    @Test
    void gzipThatEndsHalfwayIsNamed() throws Exception {
        // Given
        byte[] whole = gzip(SampleTrail.bytes(lines));
        Path file = directory.resolve("trail.gz");
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 20));

        // When
        TrailReport report = verify(file);

        // Then
        assertThat(report.findings()).hasSize(1);
        assertThat(report.findings().getFirst().location()).isEqualTo(file.toString());
        assertThat(report.findings().getFirst().text()).startsWith("cannot be read any further: ");
    }

    @Test
    void directoryIsReadInTheOrderOfItsFirstRecords() throws Exception {
        // Given
        String early = lines.get(0).replace("T09:30:00", "T09:29:00");
        Files.write(directory.resolve("audit.ndjson"), lines.subList(8, 12));
        Files.createDirectory(directory.resolve("old"));
        Files.write(directory.resolve("old/audit.ndjson.1.gz"), gzip(SampleTrail.bytes(lines.subList(4, 8))));
        Files.write(directory.resolve("z.jsonl"), List.of(early));
        Files.writeString(directory.resolve("README.md"), "no records");

        // When
        List<RecordSource> sources = TrailFiles.open(List.of(directory));

        // Then
        assertThat(sources)
                .extracting(source -> Path.of(source.name()).getFileName().toString())
                .containsExactly("z.jsonl", "audit.ndjson", "audit.ndjson.1.gz");
    }

    @Test
    void whatAwsLogsPrintsIsRead() throws Exception {
        // Given
        ObjectNode answer = MAPPER.createObjectNode();
        ArrayNode events = answer.putArray("events");
        lines.forEach(line -> events.addObject().put("timestamp", 1).put("message", line));
        answer.put("nextForwardToken", "f/1");
        Path file = directory.resolve("events.json");
        Files.writeString(file, answer.toPrettyString());
        Path broken = directory.resolve("broken.json");
        events.insertObject(1).put("message", "not ours");
        String text = answer.toString();
        Files.writeString(broken, text.substring(0, text.length() - 200));

        // When
        TrailReport report = verify(file);
        TrailReport brokenReport = verify(broken);

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.chains().getFirst().ranges()).containsExactly(new Range(1, 12));
        assertThat(brokenReport.findings())
                .extracting(Finding::location)
                .containsExactly(broken + ": event 2", broken + ": event 13");
        assertThat(brokenReport.chains().getFirst().ranges()).containsExactly(new Range(1, 11));
    }

    @Test
    void recordsInPiecesAreJoinedAndThoseThatCannotBeAreNamed() throws Exception {
        // Given
        SampleTrail trail = new SampleTrail(null)
                .statement()
                .add("statement", "\"sql\":{\"text\":\"" + "x".repeat(20_000) + "\"}", "")
                .statement();
        byte[] big = trail.lines.get(1).getBytes(StandardCharsets.UTF_8);
        List<String> pieces = ChunkText.pieces(new AuditRecord(big).head(), big, 5000);
        Path whole = directory.resolve("whole.ndjson");
        Path broken = directory.resolve("broken.ndjson");
        List<String> exported = new ArrayList<>(List.of(trail.lines.get(0)));
        exported.addAll(pieces);
        exported.add(trail.lines.get(2));
        exported.replaceAll(line -> "2026-03-01T09:30:00.250Z " + line);
        Files.write(whole, exported);
        exported.remove(2);
        Files.write(broken, exported);

        // Then
        assertThat(verify(whole).findings()).isEmpty();
        assertThat(verify(whole).chains().getFirst().ranges()).containsExactly(new Range(1, 3));
        assertThat(verify(broken).findings())
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.UNREADABLE, Finding.Kind.MISSING);
    }

    @Test
    void whatCloudWatchExportsToS3IsRead() throws Exception {
        // Given
        List<String> exported =
                lines.stream().map(line -> "2026-03-01T09:30:00.250Z " + line).toList();
        Path file = directory.resolve("000000.gz");
        Files.write(file, gzip(SampleTrail.bytes(exported)));

        // Then
        assertThat(verify(file).findings()).isEmpty();
    }

    @Test
    void linesEndAsWindowsEndsThemOrNotAtAll() throws Exception {
        // Given
        Path file = directory.resolve("trail.ndjson");
        Files.writeString(file, String.join("\r\n", lines));

        // Then
        assertThat(verify(file).findings()).isEmpty();
    }

    @Test
    void lineLongerThanABlockIsWhole() throws Exception {
        // Given
        SampleTrail trail = new SampleTrail(null)
                .statement()
                .add("statement", "\"sql\":{\"text\":\"" + "x".repeat(2_000_000) + "\"}", "")
                .statement();

        // When
        TrailReport report = SampleTrail.verify(trail.lines);

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.chains().getFirst().ranges()).containsExactly(new Range(1, 3));
    }

    @Test
    void spoolIsReadAndDamageIsNamedBySegmentAndOffset() throws Exception {
        // Given
        try (Spool spool = Spool.open(AuditConfig.Spool.of(directory.resolve("spool")), new Telemetry())) {
            for (String line : lines) {
                byte[] record = line.getBytes(StandardCharsets.UTF_8);
                spool.append(record, 0, record.length);
            }
            spool.force();
        }
        Path dir = directory.resolve("spool");
        TrailReport whole = verify(dir);
        Path segment = io.pgweir.audit.spool.SpoolFiles.parts(dir).getFirst().file();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);

        // When
        TrailReport report = verify(dir);

        // Then
        assertThat(whole.findings()).isEmpty();
        assertThat(whole.chains().getFirst().ranges()).containsExactly(new Range(1, 12));
        assertThat(report.isWhole()).isFalse();
        assertThat(report.findings()).anySatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.UNREADABLE);
            assertThat(finding.location()).startsWith(segment + "@");
        });
    }

    @Test
    void whatCannotBeOpenedIsNamed() throws Exception {
        Path none = directory.resolve("none");
        assertThatThrownBy(() -> TrailFiles.open(List.of(none))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> TrailFiles.open(List.of(directory)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("no file of records in it");
        Path broken = directory.resolve("a.gz");
        Files.write(broken, new byte[] {0x1f, (byte) 0x8b, 0});
        assertThatThrownBy(() -> TrailFiles.open(List.of(broken)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(broken + ": ");
    }

    @Test
    void emptyFileHasNoRecords() throws Exception {
        // Given
        Path file = directory.resolve("empty.ndjson");
        Files.write(file, new byte[0]);

        // Then
        assertThat(verify(file).records()).isZero();
    }

    private static TrailReport verify(Path path) throws Exception {
        return new TrailVerifier(List.of(), new TrailVerifier.Options(false, false, false))
                .verify(TrailFiles.open(List.of(path)), (bytes, records) -> {});
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }
}
