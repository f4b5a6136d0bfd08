package io.pgweir.proxy;

import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AgentFacts;
import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.AuditTrail;
import io.pgweir.audit.Journal;
import io.pgweir.audit.Resumed;
import io.pgweir.audit.TimeSource;
import io.pgweir.boot.Agent;
import io.pgweir.boot.AgentStartException;
import io.pgweir.config.AdminConfig;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.CaptureConfig;
import io.pgweir.config.ClientTlsConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.ConfigException;
import io.pgweir.config.HostPort;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.LogConfig;
import io.pgweir.config.RulesConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ThreadsConfig;
import io.pgweir.lab.PgWire;
import io.pgweir.rules.Rules;
import io.pgweir.rules.file.RuleFiles;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** An agent with one listener in front of the given nodes, and every event that it recorded. */
final class RunningAgent implements AutoCloseable {
    static final ClientTlsConfig NO_CLIENT_TLS =
            new ClientTlsConfig(ClientTlsConfig.Mode.DISABLE, null, null, null, ClientTlsConfig.ClientCertificate.NONE);
    static final ServerTlsConfig NO_SERVER_TLS = serverTls(ServerTlsConfig.Mode.DISABLE);

    private final Agent agent;
    private final Queue<AuditEvent> events;
    private final Telemetry telemetry;

    private RunningAgent(Agent agent, Queue<AuditEvent> events, Telemetry telemetry) {
        this.agent = agent;
        this.telemetry = telemetry;
        this.events = events;
    }

    static ServerTlsConfig serverTls(ServerTlsConfig.Mode mode) {
        return new ServerTlsConfig(mode, ServerTlsConfig.Negotiation.POSTGRES, null, null, null);
    }

    static Builder builder(int... serverPorts) {
        Builder builder = new Builder();
        for (int port : serverPorts) {
            builder.nodes.add(new HostPort("127.0.0.1", port));
        }
        return builder;
    }

    static RunningAgent inFrontOf(int serverPort) {
        return builder(serverPort).start();
    }

    int port() {
        return agent.addresses().values().iterator().next().getPort();
    }

    int port(String listener) {
        return java.util.Objects.requireNonNull(agent.addresses().get(listener), listener)
                .getPort();
    }

    PgWire connect() {
        return PgWire.connect("127.0.0.1", port());
    }

    PgWire login() {
        return PgWire.login("127.0.0.1", port(), Map.of(), null);
    }

    Telemetry telemetry() {
        return telemetry;
    }

    Agent agent() {
        return agent;
    }

    /** By now: records come a little behind what clients see. */
    <T extends AuditEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Waits for the first. */
    <T extends AuditEvent> List<T> someEvents(Class<T> type) {
        await().atMost(Duration.ofSeconds(20)).until(() -> !events(type).isEmpty());
        return events(type);
    }

    /** The cause of the only connection that ended so far. */
    String endCause() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> org.assertj.core.api.Assertions.assertThat(events(AuditEvent.SessionEnd.class))
                        .hasSize(1));
        return events(AuditEvent.SessionEnd.class).getFirst().end().cause();
    }

    @Override
    public void close() {
        agent.close();
    }

    static final class Builder {
        private final List<HostPort> nodes = new ArrayList<>();
        private ClientTlsConfig clientTls = NO_CLIENT_TLS;
        private ServerTlsConfig serverTls = NO_SERVER_TLS;
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration startupTimeout = Duration.ofSeconds(60);
        private int connections = 1000;
        private @Nullable LimitsConfig limits;
        private int port;
        private ThreadsConfig.Transport transport = ThreadsConfig.Transport.AUTO;
        private AuditConfig.Durability durability = AuditConfig.Durability.WITHOUT_SPOOL;
        private int messageBytes = 1 << 20;
        private @Nullable Journal journal;
        private @Nullable Rules rules;
        private @Nullable ClusterConfig cluster;
        private List<ListenerConfig> listeners = List.of();
        private @Nullable AdminConfig admin;
        private @Nullable CaptureConfig capture;

        Builder node(String host, int nodePort) {
            nodes.add(new HostPort(host, nodePort));
            return this;
        }

        Builder clientTls(ClientTlsConfig config) {
            clientTls = config;
            return this;
        }

        Builder serverTls(ServerTlsConfig config) {
            serverTls = config;
            return this;
        }

        Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        Builder startupTimeout(Duration timeout) {
            startupTimeout = timeout;
            return this;
        }

        /** In place of what the other methods say of limits. */
        Builder limits(LimitsConfig wanted) {
            limits = wanted;
            return this;
        }

        Builder connections(int max) {
            connections = max;
            return this;
        }

        Builder port(int listen) {
            port = listen;
            return this;
        }

        Builder transport(ThreadsConfig.Transport wanted) {
            transport = wanted;
            return this;
        }

        /** Instead of one that only collects: then {@link RunningAgent#events} knows nothing. */
        Builder journal(Journal own) {
            journal = own;
            return this;
        }

        Builder durability(AuditConfig.Durability wanted) {
            durability = wanted;
            return this;
        }

        Builder rules(Rules own) {
            rules = own;
            return this;
        }

        /** As a rule file writes them. */
        Builder rules(String yaml) {
            try {
                Path file = Files.createTempFile("rules", ".yaml");
                Files.writeString(file, yaml);
                rules = new Rules(RuleFiles.source(
                        new RulesConfig(List.of(file), List.of(), false, null), InstantSource.system()));
                Files.delete(file);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            } catch (ConfigException faults) {
                throw new IllegalArgumentException(faults);
            }
            return this;
        }

        /** Instead of one of the nodes that were named. */
        Builder cluster(ClusterConfig own, ListenerConfig... onIt) {
            cluster = own;
            listeners = List.of(onIt);
            return this;
        }

        Builder admin() {
            admin = new AdminConfig(new HostPort("127.0.0.1", 0), null, null, AdminConfig.StatementText.NONE);
            return this;
        }

        Builder capture(CaptureConfig own) {
            capture = own;
            return this;
        }

        Builder messageBytes(int max) {
            messageBytes = max;
            return this;
        }

        RunningAgent start() {
            try {
                return open();
            } catch (AgentStartException failure) {
                throw new IllegalStateException(failure);
            }
        }

        RunningAgent open() throws AgentStartException {
            Queue<AuditEvent> events = new ConcurrentLinkedQueue<>();
            AgentConfig config = new AgentConfig(
                    1,
                    Map.of("main", cluster == null ? new ClusterConfig(nodes, serverTls, connectTimeout) : cluster),
                    cluster == null
                            ? List.of(new ListenerConfig(
                                    "main",
                                    new HostPort("127.0.0.1", port),
                                    "main",
                                    ListenerConfig.Mode.TRANSPARENT,
                                    clientTls))
                            : listeners,
                    RulesConfig.DEFAULT,
                    new AuditConfig(
                            AuditConfig.Content.FULL,
                            AuditConfig.Content.FULL,
                            1 << 20,
                            1 << 16,
                            1 << 10,
                            true,
                            null,
                            durability,
                            null,
                            AuditConfig.Seal.DEFAULT,
                            List.of()),
                    limits == null ? new LimitsConfig(connections, startupTimeout, messageBytes, 10_000) : limits,
                    new ThreadsConfig(2, transport),
                    admin,
                    LogConfig.DEFAULT,
                    capture);
            Telemetry telemetry = new Telemetry();
            AuditTrail trail;
            try {
                trail = AuditTrail.to(
                        journal == null ? new Collector(events) : journal,
                        config.audit(),
                        new AgentFacts("running", "0", null),
                        TimeSource.SYSTEM,
                        telemetry);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return new RunningAgent(Agent.start(config, trail, rules, telemetry), events, telemetry);
        }
    }

    /** Keeps the events that records are made of. */
    private record Collector(Queue<AuditEvent> events) implements Journal {
        @Override
        public void open() {}

        @Override
        public @Nullable Resumed resumed() {
            return null;
        }

        @Override
        public void append(AuditEvent event, byte[] array, int offset, int length) {
            events.add(event);
        }

        @Override
        public void force() {}

        @Override
        public Duration forceInterval() {
            return Duration.ZERO;
        }

        @Override
        public int forceBytes() {
            return 0;
        }

        @Override
        public void close(Duration wait) {}
    }
}
