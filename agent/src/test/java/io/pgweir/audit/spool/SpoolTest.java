package io.pgweir.audit.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    @TempDir
    Path dir;

    private final Telemetry telemetry = new Telemetry();
    private final AtomicLong nanos = new AtomicLong();

    private Spool open(AuditConfig.Spool config) throws IOException {
        return Spool.open(config, telemetry, SpoolDisk.REAL, nanos::get);
    }

    private Spool open() throws IOException {
        return open(Records.config(dir));
    }

    @Test
    void whatIsForcedIsThereAfterTheNextStart() throws Exception {
        // Given
        try (Spool spool = open()) {
            Records.append(spool, 1, 100);
            assertThat(spool.durable()).isZero();
            spool.force();
            assertThat(spool.durable()).isEqualTo(spool.end()).isPositive();
            Records.append(spool, 101, 150);
        }
        // When
        try (Spool spool = open()) {
            // Then
            assertThat(spool.recovery().last()).hasToString(Records.text(150));
            assertThat(spool.recovery().cut()).isEmpty();
            assertThat(spool.recovery().damaged()).isEmpty();
            Records.append(spool, 151, 200);
            spool.force();
            assertThat(Records.rest(spool.cursors(List.of("s")).getFirst())).isEqualTo(Records.texts(1, 200));
        }
        assertThat(Records.collect(dir).records).isEqualTo(Records.texts(1, 200));
    }

    @Test
    void segmentsFollowOneAnotherWithoutAGap() throws Exception {
        // When
        try (Spool spool = open(Records.config(dir, 1000))) {
            for (int i = 1; i <= 300; i++) {
                Records.append(spool, i, i);
                spool.force();
            }
            // Then
            assertThat(SpoolFiles.parts(dir))
                    .hasSizeGreaterThan(10)
                    .allSatisfy(part -> assertThat(part.file())
                            .satisfies(file -> assertThat(Files.size(file)).isLessThanOrEqualTo(1000)));
            assertThat(Records.rest(spool.cursors(List.of("s")).getFirst())).isEqualTo(Records.texts(1, 300));
        }
        assertThat(Records.collect(dir).records).isEqualTo(Records.texts(1, 300));
        assertThat(telemetry.snapshot()).containsEntry(Metric.AUDIT_SPOOL_SYNCS, 300L);
    }

    @Test
    void aRecordMayBeLongerThanASegmentAndThanTheBuffer() throws Exception {
        // Given
        byte[] big = Records.json(2, 1 << 20);
        // When
        try (Spool spool = open(Records.config(dir, 1000))) {
            Records.append(spool, 1, 1);
            spool.append(big, 0, big.length);
            Records.append(spool, 3, 4);
        }
        // Then
        List<String> records = Records.collect(dir).records;
        assertThat(records).hasSize(4).startsWith(Records.text(1)).endsWith(Records.text(3), Records.text(4));
        assertThat(records.get(1).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(big);
        assertThatThrownBy(() -> {
                    try (Spool spool = open()) {
                        spool.append(new byte[0], 0, 0);
                    }
                })
                .hasMessage("record length: 0 (expected: 1 to 67108864)");
    }

    @Test
    void onlyItsOwnerCanReadIt() throws Exception {
        // When
        Path own = dir.resolve("a/spool");
        try (Spool spool = open(Records.config(own))) {
            Records.append(spool, 1, 1);
            spool.force();
        }
        // Then
        assertThat(Files.getPosixFilePermissions(own)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(Segment.of(own, 0).path()))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void twoAgentsCannotHaveOneSpool() throws Exception {
        // Given
        long pid = ProcessHandle.current().pid();
        try (Spool spool = open()) {
            // When, Then
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(this::open)
                        .isInstanceOf(IOException.class)
                        .hasMessage("audit spool " + dir + ": another pgweir (pid " + pid + ") uses it");
            }
            Records.append(spool, 1, 1);
        }
        open().close();
    }

    @Test
    void saysWhyItCannotBeOpened() throws Exception {
        // Given
        Path file = Files.createFile(dir.resolve("file"));
        // When, Then
        assertThatThrownBy(() -> open(Records.config(file)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("audit spool " + file + " is no directory");
        assertThatThrownBy(() -> open(Records.config(file.resolve("spool"))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("audit spool " + file.resolve("spool") + " cannot be used: ");
    }

    @Test
    void aSegmentOfAnotherVersionStopsTheStart() throws Exception {
        // Given
        try (Spool spool = open()) {
            Records.append(spool, 1, 1);
        }
        Path file = Segment.of(dir, 0).path();
        byte[] bytes = Files.readAllBytes(file);
        java.nio.ByteBuffer header = java.nio.ByteBuffer.wrap(bytes);
        header.putInt(8, 2);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(bytes, 0, 20);
        header.putInt(20, (int) crc.getValue());
        Files.write(file, bytes);
        // When, Then
        assertThatThrownBy(this::open).hasMessage(file + ": segment version: 2 (expected: 1)");
    }

    @Test
    void appendingAllocatesNothing() throws Exception {
        // Given
        byte[] json = Records.json(1);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AuditConfig.Spool config =
                new AuditConfig.Spool(dir, 1L << 30, 64 << 20, Duration.ofHours(1), Duration.ofMillis(5), 16 << 20);
        try (Spool spool = open(config)) {
            for (int i = 0; i < 20_000; i++) {
                spool.append(json, 0, json.length);
            }
            // When
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                spool.append(json, 0, json.length);
            }
            // Then
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
        }
    }

    @Test
    void segmentsGoWhenEverySinkHasThemAndTheirRetentionIsOver() throws Exception {
        // Given
        try (Spool spool = open(Records.config(dir, 1000))) {
            List<SpoolCursor> cursors = spool.cursors(List.of("a", "b"));
            fill(spool, 1, 100);
            int all = SpoolFiles.parts(dir).size();
            read(cursors.get(0));
            tick(spool, 2 * HOUR);
            assertThat(SpoolFiles.parts(dir)).as("b has none of it").hasSize(all);
            read(cursors.get(1));
            tick(spool, HOUR / 2);
            tick(spool, HOUR / 4);
            assertThat(SpoolFiles.parts(dir)).as("retention is not over").hasSize(all);
            // When
            tick(spool, HOUR);
            // Then
            assertThat(SpoolFiles.parts(dir)).as("the newest stays").hasSize(1);
            assertThat(telemetry.snapshot())
                    .containsEntry(
                            Metric.AUDIT_SPOOL_BYTES,
                            Files.size(SpoolFiles.parts(dir).getFirst().file()));
            fill(spool, 101, 102);
            assertThat(Records.rest(cursors.get(0))).isEqualTo(Records.texts(101, 102));
        }
        try (Spool spool = open()) {
            assertThat(spool.recovery().last()).hasToString(Records.text(102));
        }
    }

    @Test
    void nothingGoesBeforeItIsKnownWhoMustHaveIt() throws Exception {
        try (Spool spool = open(Records.config(dir, 1000))) {
            // When
            fill(spool, 1, 100);
            tick(spool, 2 * HOUR);
            tick(spool, 2 * HOUR);
            // Then
            assertThat(Records.rest(spool.cursors(List.of("a")).getFirst())).isEqualTo(Records.texts(1, 100));
        }
    }

    @Test
    void aSinkThatIsConfiguredNoLongerHoldsNothing() throws Exception {
        // Given
        try (Spool spool = open(Records.config(dir, 1000))) {
            spool.cursors(List.of("gone", "stays"));
            fill(spool, 1, 100);
        }
        // When
        try (Spool spool = open(Records.config(dir, 1000))) {
            read(spool.cursors(List.of("stays")).getFirst());
            tick(spool, HOUR);
            tick(spool, 2 * HOUR);
        }
        // Then
        assertThat(SpoolFiles.parts(dir)).hasSize(1);
    }

    @Test
    void aSinkThatIsDownFillsItAndNothingIsDropped() throws Exception {
        // Given
        AuditConfig.Spool config =
                new AuditConfig.Spool(dir, 20_000, 1000, Duration.ZERO, Duration.ofMillis(5), 1 << 10);
        try (Spool spool = open(config)) {
            List<SpoolCursor> cursors = spool.cursors(List.of("down"));
            int[] last = new int[1];
            // When
            assertThatThrownBy(() -> {
                        for (int i = 1; i < 10_000; i++) {
                            fill(spool, i, i);
                            last[0] = i;
                        }
                    })
                    // Then
                    .isInstanceOf(SpoolFullException.class)
                    .hasMessageContaining("is full")
                    .hasMessageContaining("(max-bytes: 20000)");
            assertThat(telemetry.snapshot().get(Metric.AUDIT_SPOOL_BYTES)).isBetween(19_000L, 20_000L);
            assertThat(Records.rest(cursors.getFirst())).isEqualTo(Records.texts(1, last[0]));
            assertThatThrownBy(() -> fill(spool, 1, 1)).isInstanceOf(SpoolFullException.class);
            // When
            cursors.getFirst().acknowledge();
            fill(spool, last[0] + 1, last[0] + 100);
            // Then
            assertThat(Records.rest(cursors.getFirst())).isEqualTo(Records.texts(last[0] + 1, last[0] + 100));
        }
    }

    @Test
    void retentionGivesWayToWhatIsNew() throws Exception {
        // Given
        AuditConfig.Spool config =
                new AuditConfig.Spool(dir, 20_000, 1000, Duration.ofDays(1), Duration.ofMillis(5), 1 << 10);
        try (Spool spool = open(config)) {
            SpoolCursor cursor = spool.cursors(List.of("a")).getFirst();
            // When
            for (int i = 1; i < 600; i++) {
                fill(spool, i, i);
                read(cursor);
            }
            // Then
            Map<Metric, Long> snapshot = telemetry.snapshot();
            assertThat(snapshot.get(Metric.AUDIT_SPOOL_BYTES)).isBetween(15_000L, 20_000L);
        }
    }

    @Test
    void oneRecordAsLongAsTheWholeSpoolDoesNotEndIt() throws Exception {
        // Given
        AuditConfig.Spool config =
                new AuditConfig.Spool(dir, 100_000, 1000, Duration.ofDays(1), Duration.ofMillis(5), 1 << 10);
        byte[] big = Records.json(1, 49_900);
        try (Spool spool = open(config)) {
            SpoolCursor cursor = spool.cursors(List.of("a")).getFirst();
            spool.append(big, 0, big.length);
            spool.force();
            assertThatThrownBy(() -> Records.append(spool, 1, 40)).isInstanceOf(SpoolFullException.class);
            spool.force();
            // When
            read(cursor);
            fill(spool, 1, 50);
            // Then
            assertThat(Records.rest(cursor)).endsWith(Records.text(49), Records.text(50));
            assertThat(telemetry.snapshot().get(Metric.AUDIT_SPOOL_BYTES)).isLessThan(100_000L);
        }
    }

    private static void fill(Spool spool, int first, int last) throws IOException {
        for (int i = first; i <= last; i++) {
            Records.append(spool, i, i);
            spool.force();
        }
    }

    private static void read(SpoolCursor cursor) throws Exception {
        Records.rest(cursor);
        cursor.acknowledge();
    }

    private void tick(Spool spool, long by) throws IOException {
        nanos.addAndGet(by);
        spool.force();
    }
}
