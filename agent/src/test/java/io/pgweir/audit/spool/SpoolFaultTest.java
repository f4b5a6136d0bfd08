package io.pgweir.audit.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that refuses is no end: what was accepted is kept and written once it can be. */
class SpoolFaultTest {
    @TempDir
    Path dir;

    private final Telemetry telemetry = new Telemetry();
    private final FaultyDisk disk = new FaultyDisk();

    private Spool open() throws IOException {
        return Spool.open(Records.config(dir, 20_000), telemetry, disk, System::nanoTime);
    }

    private void holds(int first, int last) throws Exception {
        assertThat(Records.collect(dir).records).isEqualTo(Records.texts(first, last));
        assertThat(Records.collect(dir).damage).isEmpty();
        try (Spool spool = Spool.open(Records.config(dir), telemetry)) {
            assertThat(spool.recovery().cut()).isEmpty();
            assertThat(Records.rest(spool.cursors(List.of("check")).getFirst())).isEqualTo(Records.texts(first, last));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDiskThatIsFullAtAnyByteTearsNothing(boolean alsoRefusesToCut) throws Exception {
        // Given
        try (Spool spool = open()) {
            List<SpoolCursor> cursors = spool.cursors(List.of("sink"));
            List<String> read = new ArrayList<>();
            int last = 0;
            for (int room = 0; room < 200; room += 2) {
                Records.append(spool, last + 1, last + 5);
                spool.force();
                // When
                disk.room.set(room);
                disk.refusesTruncate = alsoRefusesToCut;
                Records.append(spool, last + 6, last + 12);
                assertThatThrownBy(spool::force).hasMessageContaining("No space left on device");
                assertThat(spool.end()).isGreaterThan(spool.durable());
                Records.append(spool, last + 13, last + 13);
                disk.heal();
                spool.force();
                last += 13;
                // Then
                read.addAll(Records.rest(cursors.getFirst()));
                assertThat(spool.durable()).isEqualTo(spool.end());
            }
            assertThat(read).isEqualTo(Records.texts(1, last));
            assertThat(telemetry.snapshot()).containsEntry(Metric.AUDIT_SPOOL_FAULTS, 100L);
        }
        holds(1, 100 * 13);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAFailedFsyncMayHaveLostIsWrittenOnceMore(boolean forgetsPages) throws Exception {
        // Given
        try (Spool spool = open()) {
            for (int i = 0; i < 50; i++) {
                Records.append(spool, 10 * i + 1, 10 * i + 4);
                if (i % 2 == 0) {
                    spool.force();
                }
                long durable = spool.durable();
                // When
                disk.refusesForce = true;
                disk.forceDropsPages = forgetsPages;
                Records.append(spool, 10 * i + 5, 10 * i + 8);
                assertThatThrownBy(spool::force).hasMessage("Input/output error");
                assertThatThrownBy(spool::force).hasMessage("Input/output error");
                assertThat(spool.durable()).isEqualTo(durable);
                disk.heal();
                Records.append(spool, 10 * i + 9, 10 * i + 10);
                spool.force();
            }
        }
        // Then
        holds(1, 500);
    }

    @Test
    void aReadOnlyDiskRefusesAndComesBack() throws Exception {
        // Given
        try (Spool spool = open()) {
            for (int i = 0; i < 10; i++) {
                disk.refusesCreate = true;
                disk.room.set(0);
                disk.refusesTruncate = true;
                disk.refusesDelete = true;
                Records.append(spool, 3 * i + 1, 3 * i + 2);
                // When
                assertThatThrownBy(spool::force).isInstanceOf(IOException.class);
                assertThatThrownBy(spool::force).isInstanceOf(IOException.class);
                disk.heal();
                disk.refusesSyncDirectory = true;
                Records.append(spool, 3 * i + 3, 3 * i + 3);
                assertThatThrownBy(spool::force).hasMessage("Input/output error");
                disk.heal();
                spool.force();
            }
        }
        // Then
        holds(1, 30);
    }

    @Test
    void appendRefusesWhenMemoryHoldsAllItMay() throws Exception {
        // Given
        int[] last = {1};
        try (Spool spool = open()) {
            Records.append(spool, 1, 1);
            spool.force();
            disk.refusesForce = true;
            // When
            assertThatThrownBy(() -> {
                        while (true) {
                            Records.append(spool, last[0] + 1, last[0] + 1);
                            last[0]++;
                        }
                    })
                    .hasMessage("Input/output error");
            // Then
            assertThat(spool.end() - spool.durable())
                    .isBetween(spool.retainedBytesMax() - 200L, (long) spool.retainedBytesMax());
            // When
            disk.heal();
            Records.append(spool, last[0] + 1, last[0] + 1);
        }
        // Then
        holds(1, last[0] + 1);
    }

    @Test
    void anInterruptedWriterWritesOn() throws Exception {
        // Given
        Thread writer = Thread.currentThread();
        AtomicBoolean stop = new AtomicBoolean();
        Thread nuisance = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                writer.interrupt();
                LockSupport.parkNanos(300_000);
            }
        });
        // When
        try (Spool spool = open()) {
            for (int i = 1; i <= 300; i++) {
                Records.append(spool, i, i);
                try {
                    spool.force();
                } catch (ClosedByInterruptException twiceInARow) {
                    assertThat(spool.end()).isGreaterThan(spool.durable());
                }
            }
            stop.set(true);
            while (nuisance.isAlive()) {
                Thread.onSpinWait();
            }
            writer.interrupt();
        }
        // Then
        assertThat(Thread.interrupted()).as("is handed on").isTrue();
        holds(1, 300);
    }

    @Test
    void shortWritesAreWrites() throws Exception {
        // Given
        disk.writeBytesMax = 7;
        try (Spool spool = open()) {
            // When
            Records.append(spool, 1, 200);
        }
        // Then
        holds(1, 200);
    }

    @Test
    void anyMixOfFaultsLosesNothingThatWasAccepted() throws Exception {
        for (int seed = 0; seed < 8; seed++) {
            Random random = new Random(seed);
            int accepted = 0;
            try (Spool spool = open()) {
                SpoolCursor cursor = spool.cursors(List.of("s" + seed)).getFirst();
                List<String> read = new ArrayList<>();
                int[] numbers = {0};
                for (int step = 0; step < 150; step++) {
                    trouble(random);
                    try {
                        for (int i = random.nextInt(60); i > 0; i--) {
                            Records.append(spool, numbers[0] + 1, numbers[0] + 1);
                            numbers[0]++;
                        }
                        if (random.nextBoolean()) {
                            spool.force();
                        }
                    } catch (IOException expected) {
                        assertThat(expected).hasMessageMatching("Input/output.*|No space.*|Read-only.*");
                    }
                    read.addAll(Records.rest(cursor));
                }
                disk.heal();
                spool.force();
                read.addAll(Records.rest(cursor));
                accepted = numbers[0];
                assertThat(read).as("seed " + seed).isEqualTo(Records.texts(1, accepted));
            }
            holds(1, accepted);
            for (SpoolPart part : SpoolFiles.parts(dir)) {
                Files.delete(part.file());
            }
            deleteCursors();
        }
    }

    private void trouble(Random random) {
        disk.heal();
        if (random.nextInt(3) > 0) {
            disk.room.set(random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(3000));
            disk.writeBytesMax = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(100);
            disk.refusesForce = random.nextInt(4) == 0;
            disk.forceDropsPages = random.nextBoolean();
            disk.refusesTruncate = random.nextInt(4) == 0;
            disk.refusesCreate = random.nextInt(4) == 0;
            disk.refusesDelete = random.nextInt(4) == 0;
            disk.refusesSyncDirectory = random.nextInt(4) == 0;
        }
    }

    private void deleteCursors() throws IOException {
        try (var files = Files.newDirectoryStream(dir.resolve("cursors"))) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }
}
