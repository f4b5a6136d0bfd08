package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.pgweir.audit.AgentFacts;
import io.pgweir.audit.AuditTrail;
import io.pgweir.audit.ClientFacts;
import io.pgweir.audit.SessionAuditor;
import io.pgweir.audit.TimeSource;
import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Waits while the queue is over half full, lets through in between, and looks again by itself. */
class AuditPauseTest {
    private static final int QUEUE_RECORDS = 64;
    private static final long WAIT_MILLIS = 50;

    private final AuditTrail trail = trail();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicLong nanos = new AtomicLong(1);
    private final AtomicInteger looks = new AtomicInteger();
    private final AuditPause pause = new AuditPause(
            trail, Duration.ofMillis(WAIT_MILLIS), channel.eventLoop(), nanos::get, looks::incrementAndGet);

    private static AuditTrail trail() {
        AuditConfig config = new AuditConfig(
                AuditConfig.Content.REDACTED, AuditConfig.Content.REDACTED, QUEUE_RECORDS, 0, 0, false, List.of());
        AgentFacts agent = new AgentFacts("pause", "0", null);
        try {
            return AuditTrail.to(List.of(), config, agent, TimeSource.SYSTEM, new Telemetry());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void queue(int records) {
        SessionAuditor auditor = trail.open(new ClientFacts("listener", "cluster", "127.0.0.1", 1));
        for (int i = 0; i < records; i++) {
            auditor.onCancel(null, false);
        }
    }

    private void pass(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void doesNotWaitForAQueueThatIsHalfEmpty() {
        queue(QUEUE_RECORDS / 2);

        assertThat(pause.isWaiting()).isFalse();
    }

    @Test
    void waitsThenPassesThenWaitsAgain() {
        queue(QUEUE_RECORDS / 2 + 1);

        assertThat(pause.isWaiting()).isTrue();
        pass(WAIT_MILLIS - 1);
        assertThat(pause.isWaiting()).isTrue();
        pass(1);
        assertThat(pause.isWaiting()).isFalse();
        pass(AuditPause.PASS_MILLIS - 1);
        assertThat(pause.isWaiting()).isFalse();
        pass(1);
        assertThat(pause.isWaiting()).isTrue();
    }

    @Test
    void looksAgainOnceForEachWait() {
        queue(QUEUE_RECORDS / 2 + 1);

        pause.isWaiting();
        pause.isWaiting();
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();

        assertThat(looks).hasValue(1);
    }

    @Test
    void neverWaitsWhereNothingIsWorthIt() {
        // Given
        AuditPause none = new AuditPause(trail, Duration.ZERO, channel.eventLoop(), nanos::get, looks::incrementAndGet);
        // When
        queue(QUEUE_RECORDS);
        // Then
        assertThat(none.isWaiting()).isFalse();
    }
}
