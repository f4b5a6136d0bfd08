package io.pgweir.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.config.AuditConfig;
import io.pgweir.session.Execution;
import io.pgweir.session.Parameters;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class AuditTrailTest {
    private final Telemetry telemetry = new Telemetry();
    private final FakeSink sink = new FakeSink();
    private final FakeTime time = new FakeTime(Sample.BASE_MICROS);

    private AuditTrail trail(int queueRecords) throws IOException {
        return AuditTrail.to(List.of(sink), Sample.config(queueRecords), Sample.AGENT, time, telemetry);
    }

    private static Execution execution() {
        return Sample.simple("SELECT 1").build();
    }

    /** The first. */
    private static JsonNode ofType(List<JsonNode> records, String type) {
        return records.stream()
                .filter(record -> record.get("type").asString().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private long count(Metric metric) {
        return telemetry.snapshot().getOrDefault(metric, -1L);
    }

    @Test
    void whatASessionDoesIsWrittenInItsOrder() throws IOException {
        // Given
        AuditTrail trail = trail(64);
        trail.start();
        SessionAuditor auditor = trail.open(Sample.CLIENT);
        // When
        auditor.onServer(Sample.SERVER);
        auditor.onExecution(execution());
        auditor.onEnd(new EndFacts("client_terminated", null, 1, 2, false));
        trail.close();
        // Then
        assertThat(sink.types())
                .containsExactly("audit.start", "statement", "session.end", "audit.stop", "audit.checkpoint");
        assertThat(sink.records().get(1).get("session").asString())
                .isEqualTo(auditor.session().toString());
        assertThat(sink.closed).isTrue();
        assertThat(count(Metric.AUDIT_RECORDS)).isEqualTo(3);
    }

    @Test
    void anIdleWriterIsWoken() throws IOException {
        try (AuditTrail trail = trail(64)) {
            // Given
            trail.start();
            SessionAuditor auditor = trail.open(Sample.CLIENT);
            for (int i = 1; i <= 3; i++) {
                await().until(AuditTrailTest::isWriterAsleep);
                // When
                auditor.onExecution(execution());
                // Then
                int expected = 1 + i;
                await().until(() -> sink.lines.size() == expected);
            }
        }
    }

    /** Parked for a second at a time, not for a nap: only then does a producer have to wake it. */
    private static boolean isWriterAsleep() {
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            if (thread.getKey().getName().equals("audit-writer")) {
                for (StackTraceElement frame : thread.getValue()) {
                    if (frame.getMethodName().equals("sleep")) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    @Test
    void whatFindsTheQueueFullIsCountedExactlyAndToldOnce() throws IOException {
        // Given
        AuditTrail trail = trail(8);
        sink.gate = new CountDownLatch(1);
        trail.start();
        SessionAuditor auditor = trail.open(Sample.CLIENT);
        await().until(() -> count(Metric.AUDIT_QUEUED) == 0);
        // When
        int offered = 0;
        while (count(Metric.AUDIT_DROPPED) < 100) {
            auditor.onExecution(execution());
            offered++;
            time.micros.incrementAndGet();
        }
        sink.gate.countDown();
        await().until(() -> sink.lines.size() > 1);
        trail.close();
        // Then
        List<JsonNode> records = sink.records();
        long dropped = records.stream()
                .filter(record -> record.get("type").asString().equals("audit.gap"))
                .mapToLong(gap -> gap.at("/gap/dropped").asLong())
                .sum();
        long written = records.stream()
                .filter(record -> record.get("type").asString().equals("statement"))
                .count();
        assertThat(dropped).isEqualTo(100);
        assertThat(written + dropped).isEqualTo(offered);
        JsonNode gap = ofType(records, "audit.gap");
        assertThat(gap.get("time").asString()).isLessThan(gap.get("time_end").asString());
        assertThat(gap.at("/gap/reason").asString()).isEqualTo("queue_full");
        assertThat(ofType(records, "audit.stop").at("/totals/dropped").asLong()).isEqualTo(100);
    }

    @Test
    void aFailingSinkLosesItsBatchTellsOfItAndGoesOn() throws IOException {
        // Given
        AuditTrail trail = trail(64);
        trail.start();
        await().until(() -> sink.lines.size() == 1);
        SessionAuditor auditor = trail.open(Sample.CLIENT);
        sink.failures.set(2);
        auditor.onExecution(execution());
        await().until(() -> count(Metric.AUDIT_SINK_FAILURES) == 1);
        auditor.onExecution(execution());
        await().until(() -> count(Metric.AUDIT_SINK_FAILURES) == 2);
        // When
        auditor.onExecution(execution());
        trail.close();
        // Then
        assertThat(sink.types())
                .containsExactly("audit.start", "statement", "audit.gap", "audit.stop", "audit.checkpoint");
        assertThat(sink.records().get(1).get("session_seq").asInt()).isEqualTo(3);
        assertThat(sink.records().get(1).get("seq").asInt()).isEqualTo(4);
        assertThat(sink.records().get(2).at("/gap/reason").asString()).isEqualTo("sink_failed");
        assertThat(sink.records().get(2).at("/gap/dropped").asInt()).isEqualTo(2);
        assertThat(sink.records().get(2).at("/gap/sink").asString()).isEqualTo("fake");
        assertThat(count(Metric.AUDIT_SINK_LOST)).isEqualTo(2);
    }

    @Test
    void aSinkThatFailsDoesNotCostAnother() throws IOException {
        // Given
        FakeSink broken = new FakeSink();
        broken.failures.set(Integer.MAX_VALUE);
        AuditTrail trail = AuditTrail.to(List.of(broken, sink), Sample.config(64), Sample.AGENT, time, telemetry);
        // When
        trail.start();
        trail.close();
        // Then
        assertThat(sink.types()).containsExactly("audit.start", "audit.stop", "audit.checkpoint");
        assertThat(broken.lines).isEmpty();
    }

    @Test
    void anEventThatCannotBeEncodedLeavesAGap() throws IOException {
        // Given
        AuditTrail trail = trail(64);
        trail.start();
        SessionAuditor auditor = trail.open(Sample.CLIENT);
        Parameters broken = new Parameters(new int[0], new byte[0], new int[] {1}, null);
        // When
        auditor.onExecution(Sample.simple("SELECT 1").parameters(broken).build());
        auditor.onExecution(execution());
        trail.close();
        // Then
        assertThat(sink.types())
                .containsExactly("audit.start", "audit.gap", "statement", "audit.stop", "audit.checkpoint");
        assertThat(sink.records().get(1).at("/gap/reason").asString()).isEqualTo("not_encoded");
        assertThat(count(Metric.AUDIT_FAULTS)).isEqualTo(1);
    }

    @Test
    void closeWritesAllThatIsQueued() throws IOException {
        // Given
        AuditTrail trail = trail(1 << 16);
        sink.gate = new CountDownLatch(1);
        trail.start();
        SessionAuditor auditor = trail.open(Sample.CLIENT);
        Execution execution = execution();
        for (int i = 0; i < 20_000; i++) {
            auditor.onExecution(execution);
        }
        // When
        sink.gate.countDown();
        trail.close();
        // Then
        List<JsonNode> records = sink.records();
        assertThat(records.stream()
                        .filter(record -> record.get("type").asString().equals("statement")))
                .hasSize(20_000);
        assertThat(ofType(records, "audit.stop").at("/totals/records").asInt()).isEqualTo(20_001);
    }

    @Test
    void eachSessionsOrderIsKeptWithoutHoles() throws Exception {
        // Given
        AuditTrail trail = trail(1 << 14);
        trail.start();
        List<Thread> loops = new ArrayList<>();
        Execution execution = execution();
        // When
        for (int loop = 0; loop < 3; loop++) {
            loops.add(Thread.ofPlatform().start(() -> {
                SessionAuditor one = trail.open(Sample.CLIENT);
                SessionAuditor other = trail.open(Sample.CLIENT);
                for (int i = 0; i < 1000; i++) {
                    one.onExecution(execution);
                    other.onExecution(execution);
                }
            }));
        }
        for (Thread loop : loops) {
            loop.join();
        }
        trail.close();
        // Then
        Map<String, Integer> last = new HashMap<>();
        for (JsonNode record : sink.records()) {
            if (record.has("session_seq")) {
                String session = record.get("session").asString();
                int seq = record.get("session_seq").asInt();
                assertThat(seq).isEqualTo(last.getOrDefault(session, 0) + 1);
                last.put(session, seq);
            }
        }
        assertThat(last).hasSize(6).containsValue(1000);
        List<String> ids = sink.records().stream()
                .map(record -> record.get("id").asString())
                .toList();
        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aSinkThatCannotOpenStopsTheStart(@TempDir Path dir) {
        // Given
        AuditConfig config = new AuditConfig(
                AuditConfig.Content.REDACTED,
                AuditConfig.Content.REDACTED,
                16,
                100,
                100,
                true,
                List.of(new AuditConfig.Sink.File(dir.resolve("missing").resolve("audit.ndjson"))));
        // When // Then
        assertThatThrownBy(() -> AuditTrail.of(config, Sample.AGENT, telemetry).start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("its directory does not exist");
    }
}
