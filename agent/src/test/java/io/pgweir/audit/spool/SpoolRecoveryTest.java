package io.pgweir.audit.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolRecoveryTest {
    @TempDir
    Path dir;

    private final Telemetry telemetry = new Telemetry();

    private Spool open(Path of) throws IOException {
        return Spool.open(Records.config(of), telemetry);
    }

    /** One segment with records 1 to {@code last}. */
    private byte[] segment(int last) throws IOException {
        Path of = dir.resolve("made");
        try (Spool spool = open(of)) {
            Records.append(spool, 1, last);
        }
        return Files.readAllBytes(Segment.of(of, 0).path());
    }

    private Path withSegment(byte[] bytes, int length) throws IOException {
        Path of = Files.createDirectories(dir.resolve("copy"));
        try (var files = Files.newDirectoryStream(of, "*.seg")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.write(Segment.of(of, 0).path(), java.util.Arrays.copyOf(bytes, length));
        return of;
    }

    @Test
    void aTailTornAtAnyByteIsCutToTheLastWholeRecord() throws Exception {
        // Given
        byte[] whole = segment(6);
        int[] ends = new int[7];
        ends[0] = Segment.HEADER_BYTES;
        for (int i = 1; i <= 6; i++) {
            ends[i] = ends[i - 1] + Frames.HEAD_BYTES + Records.json(i).length;
        }
        for (int length = 0; length < whole.length; length++) {
            int kept = 0;
            while (kept < 6 && ends[kept + 1] <= length) {
                kept++;
            }
            Path of = withSegment(whole, length);
            // When
            try (Spool spool = open(of)) {
                // Then
                Recovery recovery = spool.recovery();
                int end = length < Segment.HEADER_BYTES ? 0 : ends[kept];
                assertThat(recovery.cutBytes()).as("cut at " + length).isEqualTo(length - end);
                if (end < length) {
                    assertThat(recovery.cut())
                            .containsExactly(new Damage(Segment.of(of, 0).path(), end, length - end, true));
                    assertThat(recovery.cutFile()).isEqualTo(Segment.of(of, 0).path());
                }
                assertThat(recovery.damaged()).isEmpty();
                assertThat(String.valueOf(recovery.last())).isEqualTo(kept == 0 ? "null" : Records.text(kept));
                Records.append(spool, 100, 101);
                spool.force();
                List<String> expected = new ArrayList<>(Records.texts(1, kept));
                expected.addAll(Records.texts(100, 101));
                assertThat(Records.rest(spool.cursors(List.of("s" + length)).getFirst()))
                        .as("cut at " + length)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aFlippedByteCostsItsRecordAndNoOther() throws Exception {
        // Given
        byte[] whole = segment(8);
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << (at % 8));
            int hit = recordAt(at);
            Path of = withSegment(flipped, whole.length);
            List<String> expected = new ArrayList<>(Records.texts(1, 8));
            if (hit > 0) {
                expected.remove(hit - 1);
            }
            Records.Collected read = Records.collect(of);
            assertThat(read.records).as("byte " + at).isEqualTo(expected);
            assertThat(read.damage).as("byte " + at).hasSize(1).allMatch(damage -> damage.tail() == (hit == 8));
            // When
            try (Spool spool = open(of)) {
                // Then
                Recovery recovery = spool.recovery();
                assertThat(recovery.damaged()).as("byte " + at).hasSize(hit == 8 ? 0 : 1);
                assertThat(recovery.cut()).as("byte " + at).hasSize(hit == 8 ? 1 : 0);
                Records.append(spool, 100, 100);
                spool.force();
                expected.add(Records.text(100));
                assertThat(Records.rest(spool.cursors(List.of("s" + at)).getFirst()))
                        .as("byte " + at)
                        .isEqualTo(expected);
            }
        }
        assertThat(telemetry.snapshot().get(Metric.AUDIT_SPOOL_DAMAGED)).isPositive();
    }

    /** Number of the record whose frame holds the byte; 0 for the header. */
    private static int recordAt(int offset) {
        int record = 0;
        int end = Segment.HEADER_BYTES;
        while (offset >= end) {
            record++;
            end += Frames.HEAD_BYTES + Records.json(record).length;
        }
        return record;
    }

    @Test
    void garbageInTheMiddleAndAtTheEndIsSkipped() throws Exception {
        // Given
        byte[] whole = segment(20);
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            byte[] bytes = whole.clone();
            int from = Segment.HEADER_BYTES + random.nextInt(bytes.length - 200);
            int to = from + 1 + random.nextInt(150);
            for (int at = from; at < to; at++) {
                bytes[at] += (byte) (round % 2 == 0 ? 1 + random.nextInt(255) : 128);
            }
            Path of = withSegment(bytes, bytes.length);
            List<String> expected = new ArrayList<>(Records.texts(1, recordAt(from) - 1));
            expected.addAll(Records.texts(recordAt(to - 1) + 1, 20));
            // When
            try (Spool spool = open(of)) {
                // Then
                assertThat(spool.recovery().damaged().size()
                                + spool.recovery().cut().size())
                        .isOne();
                assertThat(Records.rest(spool.cursors(List.of("s" + round)).getFirst()))
                        .isEqualTo(expected);
            }
        }
        Path noise = dir.resolve("noise");
        Files.createDirectories(noise);
        byte[] bytes = new byte[1 << 20];
        random.nextBytes(bytes);
        Files.write(Segment.of(noise, 77).path(), bytes);
        try (Spool spool = open(noise)) {
            assertThat(spool.recovery().last()).isNull();
            assertThat(spool.recovery().cutBytes()).isEqualTo(bytes.length);
        }
    }

    @Test
    void theLastRecordIsFoundBehindFilesThatHoldNothing() throws Exception {
        // Given
        Path of = dir.resolve("copy");
        long end;
        try (Spool spool = Spool.open(Records.config(of, 500), telemetry)) {
            for (int i = 1; i <= 30; i++) {
                Records.append(spool, i, i);
                spool.force();
            }
            end = spool.end();
        }
        Segment empty = Segment.of(of, end);
        Files.write(empty.path(), empty.header().array());
        Segment torn = Segment.of(of, end + 100);
        Files.write(torn.path(), new byte[] {'p', 'g'});
        // When
        try (Spool spool = open(of)) {
            // Then
            assertThat(spool.recovery().last()).hasToString(Records.text(30));
            assertThat(spool.recovery().cut()).containsExactly(new Damage(torn.path(), 0, 2, true));
            assertThat(spool.end()).isEqualTo(end);
            Records.append(spool, 31, 32);
            spool.force();
            assertThat(Records.rest(spool.cursors(List.of("s")).getFirst())).isEqualTo(Records.texts(1, 32));
        }
    }

    @Test
    void openingLooksAtTheNewestSegmentOnly() throws Exception {
        // Given
        Path of = Files.createDirectories(dir.resolve("copy"));
        long gib = 1L << 30;
        for (int i = 0; i < 7; i++) {
            try (RandomAccessFile sparse =
                    new RandomAccessFile(Segment.of(of, i * gib).path().toFile(), "rw")) {
                sparse.setLength(gib + Segment.HEADER_BYTES);
            }
        }
        byte[] whole = segment(6);
        Files.write(Segment.of(of, 7 * gib).path(), whole);
        Files.write(
                Segment.of(of, 7 * gib).path(), Segment.of(of, 7 * gib).header().array(), StandardOpenOption.WRITE);
        // When
        try (Spool spool = open(of)) {
            // Then
            assertThat(spool.recovery()).isEqualTo(new Recovery(spool.recovery().last(), List.of(), List.of()));
            assertThat(spool.recovery().last()).hasToString(Records.text(6));
            assertThat(spool.end()).isEqualTo(7 * gib + whole.length - Segment.HEADER_BYTES);
            assertThat(telemetry.snapshot().get(Metric.AUDIT_SPOOL_BYTES)).isGreaterThan(7 * gib);
        }
    }

    @Test
    void aSegmentThatSomebodyRemovesUnderARunningAgentIsToldAndPassed() throws Exception {
        // Given
        Path of = dir.resolve("copy");
        try (Spool spool = Spool.open(Records.config(of, 500), telemetry)) {
            for (int i = 1; i <= 30; i++) {
                Records.append(spool, i, i);
                spool.force();
            }
            SpoolCursor cursor = spool.cursors(List.of("s")).getFirst();
            Records.Collected lost = new Records.Collected();
            SpoolPart part = SpoolFiles.parts(of).get(1);
            part.read(lost);
            // When
            Files.delete(part.file());
            // Then
            List<String> expected = new ArrayList<>(Records.texts(1, 30));
            expected.removeAll(lost.records);
            assertThat(Records.rest(cursor)).isEqualTo(expected);
            assertThat(telemetry.snapshot()).containsEntry(Metric.AUDIT_SPOOL_DAMAGED, 1L);
        }
    }

    @Test
    void aFileThatIsGoneIsTold() throws Exception {
        // Given
        Path of = dir.resolve("copy");
        try (Spool spool = Spool.open(Records.config(of, 500), telemetry)) {
            for (int i = 1; i <= 30; i++) {
                Records.append(spool, i, i);
                spool.force();
            }
        }
        List<SpoolPart> parts = SpoolFiles.parts(of);
        Path lost = parts.get(1).file();
        Records.Collected inLost = new Records.Collected();
        parts.get(1).read(inLost);
        Files.delete(lost);
        List<String> expected = new ArrayList<>(Records.texts(1, 30));
        expected.removeAll(inLost.records);
        // When
        Records.Collected read = Records.collect(of);
        // Then
        assertThat(read.records).isEqualTo(expected);
        assertThat(read.damage).hasSize(1).allSatisfy(damage -> {
            assertThat(damage.file()).isEqualTo(parts.get(0).file());
            assertThat(damage.bytes())
                    .isEqualTo(parts.get(2).position() - parts.get(1).position());
        });
        try (Spool spool = open(of)) {
            assertThat(Records.rest(spool.cursors(List.of("s")).getFirst())).isEqualTo(expected);
        }
    }

    @Test
    void aCursorGoesOnWhereItsSinkWas() throws Exception {
        // Given
        Path of = dir.resolve("copy");
        try (Spool spool = open(of)) {
            Records.append(spool, 1, 40);
            spool.force();
            SpoolCursor cursor =
                    spool.cursors(List.of("file:/var/log/a.ndjson")).getFirst();
            assertThat(cursor.poll(10, 1 << 20, Duration.ZERO)).hasSize(10);
            cursor.acknowledge();
            assertThat(cursor.poll(10, 1 << 20, Duration.ZERO)).hasSize(10);
            cursor.close();
        }
        // When
        try (Spool spool = open(of)) {
            List<SpoolCursor> cursors = spool.cursors(List.of("file:/var/log/a.ndjson", "file:/var/log/a_ndjson"));
            // Then
            assertThat(Records.rest(cursors.get(0))).isEqualTo(Records.texts(11, 40));
            assertThat(Records.rest(cursors.get(1))).as("is new").isEqualTo(Records.texts(1, 40));
        }
    }

    @Test
    void aDamagedCursorBeginsAtTheOldestRecord() throws Exception {
        // Given
        Path of = dir.resolve("copy");
        try (Spool spool = open(of)) {
            Records.append(spool, 1, 40);
            spool.force();
            SpoolCursor cursor = spool.cursors(List.of("sink")).getFirst();
            Records.rest(cursor);
            cursor.acknowledge();
            cursor.close();
        }
        Path file = CursorFile.path(of.resolve("cursors"), "sink");
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 4;
            for (byte[] bytes : List.of(damaged, java.util.Arrays.copyOf(whole, at))) {
                Files.write(file, bytes);
                // When
                try (Spool spool = open(of)) {
                    // Then
                    assertThat(Records.rest(spool.cursors(List.of("sink")).getFirst()))
                            .as("byte " + at)
                            .isEqualTo(Records.texts(1, 40));
                }
            }
        }
    }

    @Test
    void aCursorBehindTheEndMissesNothingThatIsNew() throws Exception {
        // Given
        Path of = dir.resolve("copy");
        try (Spool spool = open(of)) {
            Records.append(spool, 1, 40);
            spool.force();
            SpoolCursor cursor = spool.cursors(List.of("sink", "later")).getFirst();
            Records.rest(cursor);
            cursor.acknowledge();
            cursor.close();
        }
        Path segment = Segment.of(of, 0).path();
        byte[] bytes = Files.readAllBytes(segment);
        Files.write(segment, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        // When
        try (Spool spool = open(of)) {
            Records.append(spool, 41, 80);
        }
        // Then
        try (Spool spool = open(of)) {
            assertThat(Records.rest(spool.cursors(List.of("sink")).getFirst())).isEqualTo(Records.texts(41, 80));
        }
    }

    @Test
    void aCopyTakenAtAnyMomentHasEverythingThatWasDurable() throws Exception {
        // Given
        Path live = dir.resolve("live");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Spool spool = Spool.open(Records.config(live, 20_000), telemetry);
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 1; !stop.get(); i++) {
                    Records.append(spool, i, i);
                    if (i % 13 == 0) {
                        spool.force();
                    }
                }
            } catch (IOException fault) {
                failed.set(fault);
            }
        });
        Random random = new Random(3);
        for (int round = 0; round < 40 && failed.get() == null; round++) {
            java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(5_000_000));
            // When
            long durable = spool.durable();
            Path copy = copy(live, dir.resolve("copy" + round));
            // Then
            try (Spool opened = open(copy)) {
                assertThat(opened.recovery().damaged()).isEmpty();
                Records.Collected all = Records.collect(copy);
                int count = 0;
                long bytes = 0;
                while (bytes < durable) {
                    count++;
                    bytes += Frames.HEAD_BYTES + Records.json(count).length;
                }
                assertThat(bytes).isEqualTo(durable);
                assertThat(all.records).hasSizeGreaterThanOrEqualTo(count);
                assertThat(all.records.subList(0, count)).isEqualTo(Records.texts(1, count));
            }
        }
        stop.set(true);
        writer.join();
        spool.close();
        assertThat(failed.get()).isNull();
    }

    /** As a crash would leave the files: some longer than others. */
    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Segment segment : Segment.list(from)) {
            Files.copy(segment.path(), to.resolve(segment.path().getFileName().toString()));
        }
        return to;
    }
}
