package io.pgweir.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.session.Transaction;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SessionAuditorTest {
    private final FakeTime time = new FakeTime(Sample.BASE_MICROS);

    /** What one connection's records say, without those of the trail itself. */
    private List<JsonNode> records(Consumer<SessionAuditor> session) throws IOException {
        FakeSink sink = new FakeSink();
        AuditTrail trail = AuditTrail.to(List.of(sink), Sample.config(64), Sample.AGENT, time, new Telemetry());
        trail.start();
        session.accept(trail.open(Sample.CLIENT));
        trail.close();
        return sink.records().subList(1, sink.lines.size() - 2);
    }

    @Test
    void aSessionsLifeIsTold() throws IOException {
        // When
        List<JsonNode> records = records(session -> {
            session.onTls(Sample.TLS);
            session.onStart(new StartupPacket.Startup(
                    StartupPacket.PROTOCOL_3_2, List.of(new StartupPacket.Parameter("user", "app"))));
            session.onServer(new ServerFacts("198.51.100.4", 5432, 0));
            session.onAuthentication("md5", null, Sample.BASE_NANOS + 1_000_000);
            session.onServer(Sample.SERVER);
            session.onParameterStatus("in_hot_standby", "on");
            session.onParameterStatus("application_name", "psql");
            session.onParameterStatus("session_authorization", "other");
            session.onParameterStatus("server_version", "18.1");
            session.onExecution(
                    Sample.simple("SELECT 1").result("SELECT 5", 5, 50).build());
            session.onExecution(Sample.simple("SELECT 2")
                    .error(Sample.error("22012", "division by zero"))
                    .transaction(
                            new Transaction(7, true, Transaction.Outcome.OPEN, Sample.BASE_NANOS, 0, 1),
                            TransactionStatus.FAILED)
                    .build());
            session.onTransactionEnd(new Transaction(
                    7, true, Transaction.Outcome.ROLLED_BACK, Sample.BASE_NANOS, Sample.BASE_NANOS + 5_000_000, 2));
            time.nanos.addAndGet(9_000_000);
            session.onEnd(new EndFacts("client_terminated", null, 100, 200, false));
        });
        // Then
        assertThat(records.stream().map(record -> record.get("type").asString()))
                .containsExactly(
                        "session.start", "session.auth", "statement", "statement", "transaction.end", "session.end");
        JsonNode start = records.getFirst();
        assertThat(start.at("/startup/protocol").asString()).isEqualTo("3.2");
        assertThat(start.get("database").asString()).isEqualTo("app");
        assertThat(start.at("/tls/version").asString()).isEqualTo("TLSv1.3");
        assertThat(start.get("server").isNull()).isTrue();
        assertThat(records.get(1).get("server").has("pid")).isFalse();
        JsonNode statement = records.get(2);
        assertThat(statement.at("/server/pid").asInt()).isEqualTo(4711);
        assertThat(statement.at("/server/role").asString()).isEqualTo("standby");
        assertThat(statement.get("application").asString()).isEqualTo("psql");
        assertThat(statement.get("session_user").asString()).isEqualTo("other");
        assertThat(records.get(4).get("duration_us").asInt()).isEqualTo(5000);
        JsonNode end = records.getLast();
        assertThat(end.get("totals").toString())
                .isEqualTo("{\"executions\":2,\"errors\":1,\"rows\":5,\"transactions\":7,"
                        + "\"bytes_from_client\":100,\"bytes_from_server\":200}");
        assertThat(end.get("duration_us").asInt()).isEqualTo(9000);
        assertThat(end.get("time").asString()).isEqualTo("2026-03-01T09:30:00.009000Z");
    }

    @Test
    void timesFollowTheMonotonicClockWhateverTheWallClockDoes() throws IOException {
        // When
        List<JsonNode> records = records(session -> {
            time.micros.addAndGet(-3_600_000_000L);
            time.nanos.addAndGet(2_000);
            session.onEnd(new EndFacts("client_gone", null, 0, 0, false));
        });
        // Then
        assertThat(records.getFirst().get("time").asString()).isEqualTo("2026-03-01T09:30:00.000002Z");
    }

    @Test
    void aCancelNamesTheSessionThatItIsFor() throws IOException {
        // When
        List<JsonNode> records = records(session -> {
            session.onCancel(Sample.SESSION, true);
            session.onCancel(null, false);
        });
        // Then
        assertThat(UUID.fromString(records.getFirst().at("/cancel/target").asString()))
                .isEqualTo(Sample.SESSION);
        assertThat(records.getLast().at("/cancel/target").isNull()).isTrue();
    }
}
