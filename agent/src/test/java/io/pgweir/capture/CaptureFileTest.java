package io.pgweir.capture;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureFileTest {
    private static final String KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    @TempDir
    Path dir;

    private Path file;
    private final List<CaptureFault> faults = new ArrayList<>();

    @BeforeEach
    void name() {
        file = dir.resolve("x.pgcap");
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        // Given
        List<CaptureRecord> records = session(1);

        // When
        write(records, null);

        // Then
        assertThat(read(List.of()))
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(records);
        assertThat(faults).isEmpty();
    }

    @Test
    void headerIsReadAsItWasWritten() throws IOException {
        // Given
        write(session(1), null);

        // When
        try (CaptureReader reader = open(List.of())) {
            // Then
            assertThat(reader.header()).isEqualTo(SampleRecords.HEADER);
        }
    }

    @Test
    void indexSaysWhatTheFileHolds() throws IOException {
        // Given
        List<CaptureRecord> records = new ArrayList<>(session(1));
        records.addAll(session(2));
        write(records, null);

        // When
        try (CaptureReader reader = open(List.of())) {
            CaptureIndex index = reader.index(CaptureReader.Progress.NONE);

            // Then
            assertThat(index.records()).isEqualTo(records.size());
            assertThat(index.droppedMessages()).isEqualTo(6);
            assertThat(index.blocks()).hasSize(1);
            assertThat(index.sessions()).hasSize(2);
            CaptureIndex.Session second = index.sessions().getLast();
            assertThat(second.open()).isEqualTo(SampleRecords.open(2, 1000));
            assertThat(second.frontend()).isEqualTo(1);
            assertThat(second.backend()).isEqualTo(1);
            assertThat(second.dropped()).isEqualTo(3);
            assertThat(second.cause()).isEqualTo("terminate");
            assertThat(reader.verify(CaptureReader.Progress.NONE)).isEqualTo(index);
        }
    }

    @Test
    void verifyTellsOfGaps() throws IOException {
        // Given
        write(session(1), null);

        // When
        try (CaptureReader reader = open(List.of())) {
            reader.verify(CaptureReader.Progress.NONE);
        }

        // Then
        assertThat(faults).singleElement().satisfies(fault -> {
            assertThat(fault.kind()).isEqualTo(CaptureFault.Kind.GAP);
            assertThat(fault.text()).isEqualTo("3 messages (77 bytes) of session 1 are not in it: queue-full");
        });
    }

    @Test
    void sessionsAndTimesCanBeSelected() throws IOException {
        // Given
        List<CaptureRecord> records = new ArrayList<>();
        for (long i = 0; i < 3000; i++) {
            long number = 1 + i / 1000;
            if (i % 1000 == 0) {
                records.add(SampleRecords.open(number, i));
            }
            records.add(SampleRecords.message(number, i, Direction.FRONTEND, 'Q', new byte[1000]));
        }
        write(records, null);

        // When
        List<CaptureRecord> second = read(new Selection(Set.of(2L), Long.MIN_VALUE, Long.MAX_VALUE));
        List<CaptureRecord> late = read(new Selection(Set.of(), 2990, 3000));

        // Then
        assertThat(second).hasSize(1001).allMatch(record -> record.session() == 2);
        assertThat(late).hasSize(11).allMatch(record -> record.session() == 3);
        assertThat(late.getFirst()).isEqualTo(SampleRecords.open(3, 2000));
    }

    @Test
    void encryptedFileIsReadWithItsKeyOnly() throws IOException {
        // Given
        CaptureKey key = key("right", KEY);
        CaptureKey other = key("wrong", KEY.replace('0', '1'));
        write(session(1), key);

        // When
        List<CaptureRecord> records = read(List.of(other, key));

        // Then
        assertThat(records).hasSize(session(1).size());
        assertThat(new String(Files.readAllBytes(file), US_ASCII))
                .doesNotContain("select")
                .doesNotContain("alice");
        assertThatThrownBy(() -> open(List.of(other)))
                .isInstanceOf(CaptureException.class)
                .hasMessage(file + ": key " + other.id() + " (expected: key " + key.id()
                        + ", which it is encrypted with), offset 36");
        assertThatThrownBy(() -> open(List.of())).hasMessageContaining("no key (expected: key " + key.id());
    }

    @Test
    void blocksOfAnotherFileAreNotTaken() throws IOException {
        // Given
        CaptureKey key = key("right", KEY);
        write(session(1), key);
        byte[] first = Files.readAllBytes(file);
        Files.delete(file);
        write(session(1), key);
        byte[] second = Files.readAllBytes(file);

        // When
        System.arraycopy(first, headBytes(first), second, headBytes(second), first.length - headBytes(first));
        Files.write(file, second);
        List<CaptureRecord> records = read(List.of(key));

        // Then
        assertThat(records).isEmpty();
        assertThat(faults)
                .extracting(CaptureFault::text)
                .first()
                .asString()
                .contains("was not encrypted with this key");
    }

    @Test
    void foreignFilesAndLaterVersionsAreRefused() throws IOException {
        // Given
        Files.writeString(file, "# not a capture, but as long as one would be at least\n");

        // When / Then
        assertThatThrownBy(() -> open(List.of())).hasMessage(file + ": not a capture of pgweir, offset 0");
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> open(List.of())).hasMessage(file + ": empty (expected: a capture), offset 0");
    }

    private static int headBytes(byte[] bytes) {
        return FileHead.FIXED_BYTES + ByteBuffer.wrap(bytes).getInt(12);
    }

    private CaptureKey key(String name, String digits) throws IOException {
        return CaptureKey.read(Files.writeString(dir.resolve(name), digits + "\n"));
    }

    static List<CaptureRecord> session(long number) {
        byte[] query = "select 1\0".getBytes(US_ASCII);
        return List.of(
                SampleRecords.open(number, 1000),
                SampleRecords.message(number, 2000, Direction.FRONTEND, 'Q', query),
                new Message(number, 2500, Direction.BACKEND, (byte) 'D', Message.MORE, 1, 12, new byte[6]),
                new Message(number, 2600, Direction.BACKEND, (byte) 'D', Message.CONTINUES, 1, 12, new byte[6]),
                new Gap(number, 2700, Gap.Why.QUEUE_FULL, 3, 77),
                new SessionEnd(number, 3000, "terminate"));
    }

    private void write(List<CaptureRecord> records, @Nullable CaptureKey key) throws IOException {
        try (CaptureFileWriter writer = CaptureFileWriter.create(file, SampleRecords.HEADER, key)) {
            for (CaptureRecord record : records) {
                assertThat(writer.append(record)).isTrue();
            }
        }
    }

    private CaptureReader open(List<CaptureKey> keys) throws IOException {
        return CaptureReader.open(file, keys, faults::add);
    }

    private List<CaptureRecord> read(List<CaptureKey> keys) throws IOException {
        return read(keys, Selection.ALL);
    }

    private List<CaptureRecord> read(Selection selection) throws IOException {
        return read(List.of(), selection);
    }

    private List<CaptureRecord> read(List<CaptureKey> keys, Selection selection) throws IOException {
        List<CaptureRecord> found = new ArrayList<>();
        try (CaptureReader reader = open(keys)) {
            CaptureReader.Records records = reader.records(selection);
            for (CaptureRecord next = records.next(); next != null; next = records.next()) {
                found.add(next);
            }
        }
        return found;
    }
}
