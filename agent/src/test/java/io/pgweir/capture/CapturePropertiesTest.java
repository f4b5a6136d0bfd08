package io.pgweir.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.capture.CaptureFault.Kind;
import io.pgweir.capture.CaptureRecord.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class CapturePropertiesTest {
    private static final int BLOCKS = 6;
    private static Path dir = Path.of(".");
    private static byte[] whole = new byte[0];
    private static byte[] locked = new byte[0];
    private static List<CaptureIndex.Block> blocks = List.of();

    private final List<CaptureFault> faults = new ArrayList<>();

    @BeforeContainer
    static void writeFiles() throws IOException {
        dir = Files.createTempDirectory("capture");
        whole = write(blockwise(), false);
        locked = write(blockwise(), true);
        Path file = Files.write(dir.resolve("whole"), whole);
        try (CaptureReader reader = CaptureReader.open(file, List.of(), _ -> {})) {
            blocks = reader.index(CaptureReader.Progress.NONE).blocks();
        }
        assertThat(blocks).hasSize(BLOCKS);
    }

    @AfterContainer
    static void deleteFiles() throws IOException {
        try (var files = Files.newDirectoryStream(dir)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(dir);
    }

    @Property(tries = 200)
    void anyRecordsAreReadAsTheyWereWritten(@ForAll("records") List<CaptureRecord> records, @ForAll boolean encrypted)
            throws IOException {
        // When
        byte[] bytes = write(records, encrypted);

        // Then
        assertThat(read(bytes)).usingRecursiveFieldByFieldElementComparator().isEqualTo(records);
        assertThat(faults).isEmpty();
    }

    @Property(tries = 300)
    void whereverAFileIsCutAllBlocksBeforeAreRead(@ForAll @LongRange(min = 0, max = 1L << 40) long seed)
            throws IOException {
        // Given
        int length = (int) (seed % whole.length);

        // When
        List<CaptureRecord> found = read(Arrays.copyOf(whole, length));

        // Then
        int expected = blocks.stream()
                .filter(block -> block.offset() + BlockHead.BYTES + block.stored() <= length)
                .mapToInt(CaptureIndex.Block::records)
                .sum();
        assertThat(found).hasSize(expected);
        assertThat(faults).isNotEmpty();
        assertThat(faults.getLast().kind()).isIn(Kind.TORN, Kind.UNCLOSED, Kind.FOREIGN);
        assertThat(faults.getLast().offset()).isLessThanOrEqualTo(length);
    }

    @Property(tries = 300)
    void anyFlippedBitIsFound(@ForAll @LongRange(min = 0, max = 1L << 40) long seed, @ForAll boolean encrypted)
            throws IOException {
        // Given
        byte[] bytes = (encrypted ? locked : whole).clone();
        int bit = (int) (seed % (bytes.length * 8L));
        bytes[bit / 8] ^= (byte) (1 << (bit % 8));

        // When
        List<CaptureRecord> found = read(bytes);
        List<CaptureFault> told = List.copyOf(faults);
        verify(bytes);

        // Then
        assertThat(faults).hasSizeGreaterThan(told.size());
        assertThat(found.size()).isGreaterThanOrEqualTo(told.isEmpty() || isOpened(told) ? recordsLess(1) : 0);
    }

    private static boolean isOpened(List<CaptureFault> told) {
        return told.stream()
                .noneMatch(fault -> fault.offset() < blocks.getFirst().offset());
    }

    private static int recordsLess(int lost) {
        int most = blocks.stream().mapToInt(CaptureIndex.Block::records).max().orElse(0);
        return blocks.stream().mapToInt(CaptureIndex.Block::records).sum() - lost * most;
    }

    @Property(tries = 300)
    void nothingButFaultsComesOfGarbage(@ForAll @LongRange(min = 0) long seed) throws IOException {
        // Given
        byte[] bytes = whole.clone();
        Random random = new Random(seed);
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(300));
        for (int i = from; i < to; i++) {
            bytes[i] = (byte) random.nextInt(256);
        }

        // When
        read(bytes);
        verify(bytes);

        // Then: it came back
        assertThat(faults).isNotEmpty();
    }

    @Property(tries = 500)
    void recordsOfGarbageAreMalformedOrRecords(@ForAll byte[] garbage, @ForAll byte kind) {
        // When
        try {
            CaptureRecord record = Records.read(kind, 1, 1, new Unpacked(garbage, 0, garbage.length));

            // Then
            assertThat(Records.kind(record)).isEqualTo(kind);
        } catch (Unpacked.MalformedException malformed) {
            assertThat(malformed.getMessage()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<List<CaptureRecord>> records() {
        return SampleRecords.any().list().ofMaxSize(30);
    }

    /** Half a block each, of bytes that cannot be compressed. */
    private static List<CaptureRecord> blockwise() {
        Random random = new Random(1);
        List<CaptureRecord> records = new ArrayList<>();
        records.add(SampleRecords.open(1, 0));
        for (int i = 1; i < 2 * BLOCKS; i++) {
            byte[] body = new byte[CaptureFileWriter.BLOCK_BYTES / 2];
            random.nextBytes(body);
            records.add(SampleRecords.message(1, i, Direction.FRONTEND, 'd', body));
        }
        return records;
    }

    private static byte[] write(List<CaptureRecord> records, boolean encrypted) throws IOException {
        Path file = dir.resolve("written");
        Files.deleteIfExists(file);
        try (CaptureFileWriter writer =
                CaptureFileWriter.create(file, SampleRecords.HEADER, encrypted ? key() : null)) {
            for (CaptureRecord record : records) {
                writer.append(record);
            }
        }
        return Files.readAllBytes(file);
    }

    private static CaptureKey key() throws IOException {
        return CaptureKey.read(Files.writeString(dir.resolve("key"), "ab".repeat(32)));
    }

    private List<CaptureRecord> read(byte[] bytes) throws IOException {
        List<CaptureRecord> found = new ArrayList<>();
        try (CaptureReader reader = open(bytes)) {
            CaptureReader.Records records = reader.records(Selection.ALL);
            for (CaptureRecord next = records.next(); next != null; next = records.next()) {
                found.add(next);
            }
        } catch (CaptureException unreadable) {
            faults.add(unreadable.fault());
        }
        return found;
    }

    private void verify(byte[] bytes) throws IOException {
        try (CaptureReader reader = open(bytes)) {
            reader.verify(CaptureReader.Progress.NONE);
            reader.index(CaptureReader.Progress.NONE);
        } catch (CaptureException unreadable) {
            faults.add(unreadable.fault());
        }
    }

    private CaptureReader open(byte[] bytes) throws IOException {
        return CaptureReader.open(Files.write(dir.resolve("read"), bytes), List.of(key()), faults::add);
    }
}
