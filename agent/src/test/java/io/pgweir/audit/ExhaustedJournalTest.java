package io.pgweir.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A journal that takes no more: what it took is safe, what it refused waits, and nothing is numbered twice. */
@Timeout(60)
class ExhaustedJournalTest {
    private final Telemetry telemetry = new Telemetry();
    private final Bounded journal = new Bounded();

    private AuditTrail trail(int queueRecords) throws IOException {
        AuditTrail trail =
                AuditTrail.to(journal, Sample.config(queueRecords), Sample.AGENT, TimeSource.SYSTEM, telemetry);
        trail.start();
        return trail;
    }

    /** Room for so many records; each append and force is one call. */
    private static final class Bounded implements Journal {
        private final List<String> appended = new ArrayList<>();
        private volatile int forced;
        private volatile int room = Integer.MAX_VALUE;
        private volatile boolean deaf;

        @Override
        public void open() {}

        @Override
        public @Nullable Resumed resumed() {
            return null;
        }

        @Override
        public void append(AuditEvent event, byte[] array, int offset, int length) throws IOException {
            if (appended.size() >= room) {
                throw new IOException("the disk is full");
            }
            appended.add(new String(array, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void force() throws IOException {
            if (deaf) {
                throw new IOException("fsync failed");
            }
            forced = appended.size();
        }

        @Override
        public Duration forceInterval() {
            return Duration.ofMillis(5);
        }

        @Override
        public int forceBytes() {
            return 1 << 18;
        }

        @Override
        public void close(Duration wait) {}
    }

    private static AuditEvent event() {
        return new AuditEvent.AuditReload(Sample.BASE_MICROS, "certificate", "main", null);
    }

    @Test
    void whatItTookIsSafeAndTheRestWaits() throws IOException {
        // Given: audit.start and two more
        AtomicInteger safe = new AtomicInteger();
        AuditTrail trail = trail(64);
        await().until(() -> journal.forced == 1);
        journal.room = 3;
        // When
        List<Long> tickets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            long ticket = trail.offer(event());
            tickets.add(ticket);
            trail.whenDurable(ticket, Runnable::run, safe::incrementAndGet);
        }
        // Then
        await().until(() -> safe.get() == 2);
        await().until(() -> "the disk is full".equals(trail.exhausted()));
        assertThat(trail.isDurable(tickets.get(1))).isTrue();
        assertThat(trail.isDurable(tickets.get(2))).isFalse();
        // When
        journal.room = Integer.MAX_VALUE;
        // Then
        await().until(() -> safe.get() == 5);
        assertThat(trail.exhausted()).isNull();
        trail.close();
        assertNumberedOnce();
    }

    @Test
    void nobodyGoesOnBeforeTheDiskHasIt() throws IOException {
        // Given
        AtomicInteger safe = new AtomicInteger();
        AuditTrail trail = trail(64);
        await().until(() -> journal.forced == 1);
        journal.deaf = true;
        // When
        long ticket = trail.offer(event());
        trail.whenDurable(ticket, Runnable::run, safe::incrementAndGet);
        // Then
        await().until(() -> "fsync failed".equals(trail.exhausted()));
        assertThat(safe).hasValue(0);
        assertThat(trail.isDurable(ticket)).isFalse();
        // When
        journal.deaf = false;
        // Then
        await().until(() -> safe.get() == 1);
        trail.close();
        assertNumberedOnce();
    }

    @Test
    void whatFindsTheQueueFullIsToldWhenThereIsRoomAgain() throws IOException {
        // Given
        AuditTrail trail = trail(8);
        await().until(() -> journal.forced == 1);
        journal.room = 1;
        int offered = 0;
        while (telemetry.snapshot().getOrDefault(Metric.AUDIT_DROPPED, 0L) < 20) {
            trail.offer(event());
            offered++;
        }
        // When
        journal.room = Integer.MAX_VALUE;
        trail.close();
        // Then
        List<JsonNode> records =
                journal.appended.stream().map(AuditSchema::validated).toList();
        long kept = records.stream()
                .filter(record -> record.get("type").asString().equals("audit.reload"))
                .count();
        long dropped = records.stream()
                .filter(record -> record.has("gap"))
                .mapToLong(record -> record.at("/gap/dropped").asLong())
                .sum();
        assertThat(kept + dropped).isEqualTo(offered);
        assertNumberedOnce();
    }

    /** From 1 on without holes, each sealed to the one before. */
    private void assertNumberedOnce() {
        String prev = "0".repeat(64);
        for (int i = 0; i < journal.appended.size(); i++) {
            JsonNode record = AuditSchema.validated(journal.appended.get(i));
            assertThat(record.get("seq").asInt()).isEqualTo(i + 1);
            assertThat(record.get("prev").asString()).isEqualTo(prev);
            prev = record.get("hash").asString();
        }
    }
}
