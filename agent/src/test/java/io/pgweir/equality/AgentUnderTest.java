package io.pgweir.equality;

import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AgentFacts;
import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSchema;
import io.pgweir.audit.AuditSink;
import io.pgweir.audit.AuditTrail;
import io.pgweir.audit.TimeSource;
import io.pgweir.boot.Agent;
import io.pgweir.boot.AgentStartException;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.CaptureConfig;
import io.pgweir.config.ClientTlsConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.LogConfig;
import io.pgweir.config.RulesConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ThreadsConfig;
import io.pgweir.rules.Rules;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.testing.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The real agent in this process, with all that it records. */
final class AgentUnderTest implements ProxyUnderTest {

    private static final String LISTENER = "lab";
    private static final ServerTlsConfig NO_SERVER_TLS =
            new ServerTlsConfig(ServerTlsConfig.Mode.DISABLE, ServerTlsConfig.Negotiation.POSTGRES, null, null, null);

    private final Agent agent;
    private final Telemetry telemetry;
    private final Lines lines;

    /** Whether everything that runs must have an intent before it. */
    private final boolean intends;

    private AgentUnderTest(Agent agent, Telemetry telemetry, Lines lines, boolean intends) {
        this.agent = agent;
        this.telemetry = telemetry;
        this.lines = lines;
        this.intends = intends;
    }

    /** Without TLS on either side. */
    static AgentUnderTest plain(int upstreamPort) {
        return start(
                upstreamPort,
                ClientTlsConfig.DEFAULT,
                NO_SERVER_TLS,
                AuditConfig.Durability.WITHOUT_SPOOL,
                null,
                null,
                null);
    }

    /** The same, and all of it is captured. */
    static AgentUnderTest captured(int upstreamPort, Path captures) {
        return start(
                upstreamPort,
                ClientTlsConfig.DEFAULT,
                NO_SERVER_TLS,
                AuditConfig.Durability.WITHOUT_SPOOL,
                null,
                null,
                CaptureConfig.into(captures));
    }

    /** The same as plain, with rules. */
    static AgentUnderTest ruled(int upstreamPort, Rules rules) {
        return start(
                upstreamPort,
                ClientTlsConfig.DEFAULT,
                NO_SERVER_TLS,
                AuditConfig.Durability.WITHOUT_SPOOL,
                null,
                rules,
                null);
    }

    /** Every statement waits for this spool, and so does every outcome. */
    static AgentUnderTest writeAhead(int upstreamPort, Path spool) {
        return start(
                upstreamPort,
                ClientTlsConfig.DEFAULT,
                NO_SERVER_TLS,
                new AuditConfig.Durability(
                        Map.of(),
                        new AuditConfig.Durability.Rule(
                                AuditConfig.Level.WRITE_AHEAD, AuditConfig.OnExhausted.FAIL_CLOSED),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30)),
                AuditConfig.Spool.of(spool),
                null,
                null);
    }

    /** TLS on both sides, with the server's own certificate and key, so that channel binding holds; all of it is captured. */
    static AgentUnderTest encrypted(int upstreamPort, Certificates pem, Path captures) {
        return start(
                upstreamPort,
                new ClientTlsConfig(
                        ClientTlsConfig.Mode.REQUIRE,
                        pem.serverCertificate(),
                        pem.serverKey(),
                        null,
                        ClientTlsConfig.ClientCertificate.NONE),
                new ServerTlsConfig(
                        ServerTlsConfig.Mode.VERIFY_FULL, ServerTlsConfig.Negotiation.POSTGRES, pem.ca(), null, null),
                AuditConfig.Durability.WITHOUT_SPOOL,
                null,
                null,
                CaptureConfig.into(captures));
    }

    private static AgentUnderTest start(
            int upstreamPort,
            ClientTlsConfig clientTls,
            ServerTlsConfig serverTls,
            AuditConfig.Durability durability,
            AuditConfig.@Nullable Spool spool,
            @Nullable Rules rules,
            @Nullable CaptureConfig capture) {
        var audit = new AuditConfig(
                AuditConfig.Content.FULL,
                AuditConfig.Content.FULL,
                1 << 20,
                1 << 16,
                1 << 10,
                true,
                tokenKey(),
                durability,
                spool,
                AuditConfig.Seal.DEFAULT,
                List.of());
        var config = new AgentConfig(
                1,
                Map.of(
                        LISTENER,
                        new ClusterConfig(
                                List.of(new HostPort("127.0.0.1", upstreamPort)),
                                serverTls,
                                ClusterConfig.CONNECT_TIMEOUT_DEFAULT)),
                List.of(new ListenerConfig(
                        LISTENER, new HostPort("127.0.0.1", 0), LISTENER, ListenerConfig.Mode.TRANSPARENT, clientTls)),
                RulesConfig.DEFAULT,
                audit,
                LimitsConfig.DEFAULT,
                ThreadsConfig.DEFAULT,
                null,
                LogConfig.DEFAULT,
                capture);
        var lines = new Lines();
        try {
            var telemetry = new Telemetry();
            var trail = AuditTrail.to(
                    List.of(lines), audit, new AgentFacts("equality", "0", null), TimeSource.SYSTEM, telemetry);
            boolean intends = durability.rest().level() == AuditConfig.Level.WRITE_AHEAD;
            return new AgentUnderTest(Agent.start(config, trail, rules, telemetry), telemetry, lines, intends);
        } catch (AgentStartException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same for every agent: equal values have equal tokens. */
    private static Path tokenKey() {
        try {
            Path key = Files.writeString(Files.createTempFile("tokens", ".key"), "0123456789abcdef".repeat(4));
            key.toFile().deleteOnExit();
            return key;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int port() {
        return agent.addresses().get(LISTENER).getPort();
    }

    @Override
    public List<JsonNode> takeRecords() {
        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> value(Metric.SESSIONS_OPEN) == 0 && lines.ended.get() == value(Metric.SESSIONS_STARTED));
        List<JsonNode> records = lines.take();
        if (intends) {
            Records.checkIntents(records);
        }
        return records;
    }

    @Override
    public long unexpectedMessages() {
        return value(Metric.MESSAGES_UNEXPECTED);
    }

    @Override
    public long losses() {
        return value(Metric.SESSIONS_OPAQUE) + value(Metric.AUDIT_DROPPED) + value(Metric.AUDIT_FAULTS);
    }

    private long value(Metric metric) {
        return telemetry.snapshot().get(metric);
    }

    @Override
    public void close() {
        agent.close();
    }

    /** Keeps what is written; the writer thread puts, the test takes. */
    private static final class Lines implements AuditSink {

        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        /** Sessions with a start and no end yet; the others were never admitted. Writer thread only. */
        private final Set<String> open = new HashSet<>();

        /** Sessions that had a start. */
        private final AtomicLong ended = new AtomicLong();

        List<JsonNode> take() {
            var taken = new ArrayList<JsonNode>();
            for (@Nullable String line = lines.poll(); line != null; line = lines.poll()) {
                taken.add(AuditSchema.validated(line));
            }
            return taken;
        }

        private static String sessionOf(String line) {
            int at = line.indexOf("\"session\":\"") + 11;
            return line.substring(at, line.indexOf('"', at));
        }

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public void open() {}

        @Override
        public void write(List<AuditRecord> batch) {
            for (AuditRecord record : batch) {
                String line = record.toString();
                lines.add(line);
                if (line.contains("\"type\":\"session.start\"")) {
                    open.add(sessionOf(line));
                } else if (line.contains("\"type\":\"session.end\"") && open.remove(sessionOf(line))) {
                    ended.incrementAndGet();
                }
            }
        }

        @Override
        public void close() {}
    }
}
