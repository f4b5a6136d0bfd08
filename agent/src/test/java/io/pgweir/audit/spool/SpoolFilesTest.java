package io.pgweir.audit.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFilesTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path dir;

    private final Telemetry telemetry = new Telemetry();
    private final FaultyDisk disk = new FaultyDisk();
    private final AtomicBoolean until = new AtomicBoolean();
    private final AtomicReference<Throwable> failed = new AtomicReference<>();
    private final Records.Collected seen = new Records.Collected();

    private Spool open(int segmentBytes) throws IOException {
        return Spool.open(Records.config(dir, segmentBytes), telemetry, disk, System::nanoTime);
    }

    private void follow(long position) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                SpoolFiles.follow(dir, position, seen, until::get, Duration.ofMillis(2));
            } catch (IOException | RuntimeException fault) {
                failed.set(fault);
            }
        });
    }

    @AfterEach
    void end() {
        until.set(true);
        assertThat(failed.get()).isNull();
    }

    @Test
    void followsAWriterThroughItsSegments() throws Exception {
        // Given
        try (Spool spool = open(1000)) {
            Records.append(spool, 1, 50);
            spool.force();
            long position = SpoolFiles.read(dir, seen);
            assertThat(seen.soFar()).isEqualTo(Records.texts(1, 50));
            // When
            follow(position);
            for (int i = 51; i <= 400; i++) {
                Records.append(spool, i, i);
                spool.force();
            }
            // Then
            await().atMost(SOON).untilAsserted(() -> assertThat(seen.soFar()).hasSize(400));
        }
        assertThat(seen.soFar()).isEqualTo(Records.texts(1, 400));
        assertThat(seen.damage).isEmpty();
    }

    @Test
    void followsAWriterThroughItsFaults() throws Exception {
        // Given
        try (Spool spool = open(20_000)) {
            follow(0);
            // When
            for (int i = 0; i < 60; i++) {
                Records.append(spool, 3 * i + 1, 3 * i + 3);
                disk.refusesForce = i % 3 == 1;
                disk.room.set(i % 3 == 2 ? 50 : Long.MAX_VALUE);
                disk.refusesTruncate = i % 2 == 1;
                if (i % 3 > 0) {
                    assertThatThrownBy(spool::force).isInstanceOf(IOException.class);
                }
                disk.heal();
                spool.force();
            }
            // Then
            await().atMost(SOON).untilAsserted(() -> assertThat(seen.soFar()).hasSize(180));
        }
        assertThat(seen.soFar()).isEqualTo(Records.texts(1, 180));
    }

    @Test
    void whatIsHalfWrittenIsWaitedForAndWhatIsBrokenIsTold() throws Exception {
        // Given
        try (Spool spool = open(1 << 20)) {
            Records.append(spool, 1, 10);
        }
        Path file = Segment.of(dir, 0).path();
        byte[] whole = Files.readAllBytes(file);
        int half = whole.length - 5;
        Files.write(file, java.util.Arrays.copyOf(whole, half));
        // When
        follow(0);
        // Then
        await().atMost(SOON).untilAsserted(() -> assertThat(seen.soFar()).isEqualTo(Records.texts(1, 9)));
        // When
        Files.write(file, java.util.Arrays.copyOfRange(whole, half, whole.length), StandardOpenOption.APPEND);
        // Then
        await().atMost(SOON).untilAsserted(() -> assertThat(seen.soFar()).isEqualTo(Records.texts(1, 10)));
        assertThat(seen.damage).isEmpty();
        // When
        Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
        Files.write(
                file,
                java.util.Arrays.copyOfRange(whole, Segment.HEADER_BYTES, whole.length),
                StandardOpenOption.APPEND);
        // Then
        await().atMost(SOON).untilAsserted(() -> assertThat(seen.soFar()).hasSize(20));
        assertThat(seen.damage).containsExactly(new Damage(file, whole.length, 3, false));
    }

    @Test
    void partsCanBeReadInAnyOrderAndOnesThatAreGoneHoldNothing() throws Exception {
        // Given
        try (Spool spool = open(1000)) {
            for (int i = 1; i <= 100; i++) {
                Records.append(spool, i, i);
                spool.force();
            }
        }
        List<SpoolPart> parts = SpoolFiles.parts(dir);
        Files.delete(parts.getFirst().file());
        // When
        Records.Collected backwards = new Records.Collected();
        for (SpoolPart part : parts.reversed()) {
            Records.Collected one = new Records.Collected();
            part.read(one);
            backwards.records.addAll(0, one.records);
            assertThat(one.damage).isEmpty();
        }
        // Then
        assertThat(backwards.records)
                .hasSizeLessThan(100)
                .isEqualTo(Records.texts(101 - backwards.records.size(), 100));
        assertThat(parts.getFirst().position()).isZero();
    }

    @Test
    void aTornTailIsToldWithItsPlace() throws Exception {
        // Given
        try (Spool spool = open(1 << 20)) {
            Records.append(spool, 1, 10);
        }
        Path file = Segment.of(dir, 0).path();
        long size = Files.size(file);
        Files.write(file, new byte[] {0, 0, 0}, StandardOpenOption.APPEND);
        // When
        Records.Collected read = Records.collect(dir);
        // Then
        assertThat(read.records).isEqualTo(Records.texts(1, 10));
        assertThat(read.damage).containsExactly(new Damage(file, size, 3, true));
    }

    @Test
    void saysWhereNoSpoolIs() throws Exception {
        Path file = Files.createFile(dir.resolve("file"));
        assertThatThrownBy(() -> SpoolFiles.parts(file)).hasMessage("audit spool " + file + " is no directory");
        Path missing = dir.resolve("missing");
        assertThatThrownBy(() -> SpoolFiles.parts(missing))
                .hasMessage("audit spool " + missing + ": no such directory");
        assertThat(Records.collect(dir).records).isEmpty();
    }
}
