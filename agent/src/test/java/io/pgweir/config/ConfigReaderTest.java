package io.pgweir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgweir.config.CloudWatchMetricsConfig.Dimension;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    private static final String MINIMAL = """
            clusters: {c: {nodes: ["h:5432"]}}
            listeners: [{name: l, listen: 6432, cluster: c}]
            """;

    @TempDir
    Path directory;

    @Test
    void defaults() throws ConfigException {
        // When
        AgentConfig config = ConfigReader.read("pgweir.yaml", MINIMAL);

        // Then
        assertThat(config)
                .isEqualTo(new AgentConfig(
                        1,
                        Map.of(
                                "c",
                                new ClusterConfig(
                                        List.of(new HostPort("h", 5432)),
                                        null,
                                        null,
                                        new ServerTlsConfig(
                                                ServerTlsConfig.Mode.PREFER,
                                                ServerTlsConfig.Negotiation.POSTGRES,
                                                null,
                                                null,
                                                null),
                                        Duration.ofSeconds(5),
                                        null,
                                        null,
                                        new BalanceConfig(BalanceConfig.Strategy.IN_ORDER, 1000, Map.of(), 50),
                                        null,
                                        null,
                                        DrainConfig.DEFAULT)),
                        List.of(new ListenerConfig(
                                "l",
                                new HostPort("127.0.0.1", 6432),
                                "c",
                                ListenerConfig.Mode.TRANSPARENT,
                                List.of(),
                                List.of(),
                                new ClientTlsConfig(
                                        ClientTlsConfig.Mode.DISABLE,
                                        null,
                                        null,
                                        null,
                                        ClientTlsConfig.ClientCertificate.NONE))),
                        RulesConfig.DEFAULT,
                        new AuditConfig(
                                AuditConfig.Content.REDACTED,
                                AuditConfig.Content.REDACTED,
                                65536,
                                32768,
                                1024,
                                true,
                                List.of(new AuditConfig.Sink.Stdout(AuditConfig.Format.NDJSON))),
                        new LimitsConfig(2000, Duration.ofSeconds(60), 1048576, 16384),
                        new ThreadsConfig(0, ThreadsConfig.Transport.AUTO),
                        null));
    }

    @Test
    void metricsToCloudWatchHaveDefaults() throws IOException, ConfigException {
        // When
        AgentConfig config = ConfigReader.read("f", """
                clusters: {c: {nodes: ["h:1"]}}
                listeners: [{name: l, listen: 1, cluster: c}]
                audit:
                  spool: {dir: %s}
                  sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {}}}]
                """.formatted(directory.resolve("spool")));

        // Then
        assertThat(config.audit().sinks())
                .singleElement()
                .extracting(sink -> ((AuditConfig.Sink.CloudWatchLogs) sink).metrics())
                .isEqualTo(new CloudWatchMetricsConfig(
                        "g", "s-metrics", "pgweir", Duration.ofSeconds(60), List.of(Dimension.values())));
    }

    @Test
    void everyKeySetToSomethingElse() throws IOException, ConfigException {
        // Given
        Path file = copy("everything.yaml");
        write(
                "ca.pem",
                "us.pem",
                "us.key",
                "server.crt",
                "server.key",
                "clients.pem",
                "rules.yaml",
                "mask.key",
                "admin.token",
                "capture.key",
                "monitor.secret");

        // When
        AgentConfig config = ConfigReader.read(file);

        // Then
        assertThat(config)
                .isEqualTo(new AgentConfig(
                        1,
                        Map.of(
                                "orders",
                                new ClusterConfig(
                                        List.of(new HostPort("pg-1", 5433), new HostPort("::1", 5434)),
                                        null,
                                        null,
                                        new ServerTlsConfig(
                                                ServerTlsConfig.Mode.VERIFY_FULL,
                                                ServerTlsConfig.Negotiation.DIRECT,
                                                directory.resolve("ca.pem"),
                                                directory.resolve("us.pem"),
                                                directory.resolve("us.key")),
                                        Duration.ofMillis(500),
                                        new MonitorConfig(
                                                "weir",
                                                new SecretConfig(directory.resolve("monitor.secret"), null),
                                                "orders",
                                                Duration.ofSeconds(1),
                                                Duration.ofMillis(700)),
                                        new LagConfig(
                                                16 << 20,
                                                Duration.ofSeconds(5),
                                                LagConfig.Unknown.ALLOW,
                                                Duration.ofSeconds(20)),
                                        new BalanceConfig(
                                                BalanceConfig.Strategy.WEIGHTED,
                                                2,
                                                Map.of("pg-1:5433", 3, "[::1]:5434", 1),
                                                25),
                                        new EjectionConfig(3, Duration.ofSeconds(10), Duration.ofMinutes(1), 34),
                                        new BreakerConfig(Duration.ofMinutes(1), 20, 75, Duration.ofSeconds(5)),
                                        new DrainConfig(Duration.ofSeconds(45), false))),
                        List.of(new ListenerConfig(
                                "in",
                                new HostPort("::", 6433),
                                "orders",
                                ListenerConfig.Mode.TRANSPARENT,
                                List.of(ListenerConfig.Role.SYNC, ListenerConfig.Role.ASYNC),
                                List.of(ListenerConfig.Role.LEADER),
                                new ClientTlsConfig(
                                        ClientTlsConfig.Mode.REQUIRE,
                                        directory.resolve("server.crt"),
                                        directory.resolve("server.key"),
                                        directory.resolve("clients.pem"),
                                        ClientTlsConfig.ClientCertificate.OPTIONAL),
                                0660,
                                true,
                                new ListenerLimitsConfig(
                                        3,
                                        new RateConfig(2, 4),
                                        new TimeoutsConfig(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(5))),
                                new ProxyProtocolConfig(
                                        List.of(
                                                Network.parse("10.0.0.0/8").orElseThrow(),
                                                Network.parse("::1").orElseThrow()),
                                        ProxyProtocolConfig.Others.PLAIN),
                                new ApplicationNameConfig("/pgweir-{session}"),
                                null)),
                        new RulesConfig(
                                List.of(directory.resolve("rules.yaml")),
                                List.of("noise"),
                                true,
                                directory.resolve("mask.key")),
                        new AuditConfig(
                                AuditConfig.Content.FULL,
                                AuditConfig.Content.FULL,
                                1024,
                                65536,
                                2048,
                                false,
                                null,
                                AuditConfig.Durability.WITH_SPOOL,
                                AuditConfig.Spool.of(directory.resolve("spool")),
                                AuditConfig.Seal.DEFAULT,
                                List.of(
                                        new AuditConfig.Sink.Stdout(AuditConfig.Format.PRETTY),
                                        new AuditConfig.Sink.File(directory.resolve("audit.ndjson")),
                                        new AuditConfig.Sink.CloudWatchLogs(
                                                "eu-central-1",
                                                "/pgweir/orders",
                                                "audit",
                                                AuditConfig.Format.ECS,
                                                URI.create("http://localhost:4566"),
                                                false,
                                                64 << 10,
                                                AuditConfig.Oversize.CHUNK,
                                                new CloudWatchMetricsConfig(
                                                        "/pgweir/metrics",
                                                        "orders",
                                                        "Weir/Orders",
                                                        Duration.ofSeconds(10),
                                                        List.of(Dimension.CLUSTER, Dimension.NODE))))),
                        new LimitsConfig(
                                10,
                                new ConnectionsPerConfig(9, 8, 7, 6, 5, 4),
                                new ConnectRateConfig(new RateConfig(100 / 60.0, 50), new RateConfig(3, 3)),
                                new FailedLoginsConfig(3, Duration.ofMinutes(2), Duration.ofMinutes(5)),
                                new QueueConfig(20, Duration.ofMillis(700)),
                                100,
                                Duration.ofMinutes(2),
                                new TimeoutsConfig(
                                        Duration.ofMinutes(10), Duration.ofMinutes(1), Duration.ofSeconds(30)),
                                new KeepaliveConfig(Duration.ofSeconds(60), Duration.ofSeconds(10), 6),
                                32768,
                                128),
                        new ThreadsConfig(3, ThreadsConfig.Transport.NIO),
                        new AdminConfig(
                                new HostPort("::", 8009),
                                directory.resolve("admin.token"),
                                new AdminConfig.Tls(
                                        directory.resolve("server.crt"),
                                        directory.resolve("server.key"),
                                        directory.resolve("clients.pem")),
                                AdminConfig.StatementText.REDACTED),
                        new LogConfig(LogConfig.Format.JSON, true),
                        new CaptureConfig(
                                directory.resolve("captures"),
                                true,
                                true,
                                true,
                                directory.resolve("capture.key"),
                                64 << 20,
                                10L << 30,
                                4 << 20,
                                Duration.ofMillis(200),
                                new CaptureConfig.Sessions(List.of("alice", "bob"), List.of("orders"), 10))));
    }

    @Test
    void nodesMayBeFoundInOtherWays() throws IOException, ConfigException {
        // Given
        Path file = copy("found.yaml");
        write("ca.pem", "us.pem", "us.key", "api.secret");

        // When
        Map<String, ClusterConfig> clusters = ConfigReader.read(file).clusters();

        // Then
        PatroniConfig patroni = new PatroniConfig(
                List.of(URI.create("https://pg1:8008"), URI.create("https://[::1]:8009/")),
                Duration.ofSeconds(1),
                Duration.ofMillis(900),
                new PatroniConfig.Tls(
                        directory.resolve("ca.pem"), directory.resolve("us.pem"), directory.resolve("us.key")),
                "weir",
                new SecretConfig(directory.resolve("api.secret"), null));
        DnsConfig dns = new DnsConfig(
                List.of(new HostPort("db.internal", 5432)),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5));
        MonitorConfig monitor = new MonitorConfig(
                "weir",
                new SecretConfig(null, "STOCK_PASSWORD"),
                "postgres",
                Duration.ofSeconds(3),
                Duration.ofSeconds(2));
        assertThat(clusters)
                .isEqualTo(Map.of(
                        "orders",
                        found(patroni, null, null, BalanceConfig.Strategy.LEAST_CONNECTIONS),
                        "stock",
                        found(null, dns, monitor, BalanceConfig.Strategy.ROUND_ROBIN)));
    }

    private static ClusterConfig found(
            @Nullable PatroniConfig patroni,
            @Nullable DnsConfig dns,
            @Nullable MonitorConfig monitor,
            BalanceConfig.Strategy strategy) {
        return new ClusterConfig(
                List.of(),
                patroni,
                dns,
                ServerTlsConfig.DEFAULT,
                Duration.ofSeconds(5),
                monitor,
                null,
                BalanceConfig.of(strategy),
                null,
                null,
                DrainConfig.DEFAULT);
    }

    @Test
    void bothSidesMayBeUnixDomainSockets() throws ConfigException {
        // When
        AgentConfig config = ConfigReader.read("f", """
                clusters: {c: {nodes: ["unix:/run/postgresql/.s.PGSQL.5432"]}}
                listeners:
                  - {name: l, listen: "unix:/run/pgweir/.s.PGSQL.6432", cluster: c}
                  - {name: m, listen: 6432, cluster: c}
                """);

        // Then
        HostPort listen = config.listeners().getFirst().listen();
        assertThat(listen).isEqualTo(new HostPort("/run/pgweir", 6432)).hasToString("unix:/run/pgweir/.s.PGSQL.6432");
        assertThat(config.clusters().values())
                .singleElement()
                .satisfies(cluster -> assertThat(cluster.nodes().getFirst().path())
                        .isEqualTo(Path.of("/run/postgresql/.s.PGSQL.5432")));
    }

    @Test
    void aServerMayBeToldWhereTheClientIs() throws ConfigException {
        // When
        AgentConfig config = ConfigReader.read("f", """
                clusters: {c: {nodes: ["h:5432"], send-proxy: v2}}
                listeners: [{name: l, listen: 6432, cluster: c}]
                """);

        // Then
        assertThat(config.clusters().values())
                .singleElement()
                .satisfies(cluster -> assertThat(cluster.sendProxy()).isEqualTo(SendProxy.V2));
    }

    @Test
    void aSecretIsReadWhereItIsAndNeverShown() throws IOException {
        // Given
        Path file = Files.writeString(directory.resolve("s"), "hush\n");

        // Then
        assertThat(new SecretConfig(file, null).read()).isEqualTo("hush");
        assertThat(new SecretConfig(null, "PATH").read()).isEqualTo(System.getenv("PATH"));
        assertThat(new SecretConfig(file, null).toString()).doesNotContain("hush");
        assertThatThrownBy(() -> new SecretConfig(null, "NO_SUCH_VARIABLE").read())
                .hasMessageContaining("NO_SUCH_VARIABLE is not set");
    }

    private void write(String... names) throws IOException {
        for (String name : names) {
            Files.writeString(directory.resolve(name), name);
        }
    }

    @Test
    void allFaultsAreToldAtOnce() throws IOException {
        // Given
        Path file = copy("faults.yaml");

        // When
        ConfigException thrown = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));

        // Then
        assertThat(thrown.getMessage().replace(directory + "/", ""))
                .isEqualTo(resource("faults.txt").strip());
    }

    /** Columns are those of the text with {@code |} for a line break. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '^',
            value = {
                "[1] # f:1:1: a list (expected: a mapping)",
                "clusters: [ # f:1:12: not YAML",
                "a: b: c # f:1:5: not YAML",
                "%YAML 3.0|--- # f:1:1: not YAML 1.2",
                "a: 1|---|b: 2 # f:2:1: a second document (expected: one)",
                "{[a]: 1} # f:1:2: a list as a key (expected: a name)",
                "version: 2 # f:1:10: version: 2 (expected: 1)",
                "captures: {} # f:1:1: unknown key `captures` (expected: version, clusters, listeners, rules, audit, limits, threads, admin, log, capture), did you mean `capture`?",
                "capture: {} # capture: required key `dir` is missing",
                "capture: {dir: /tmp/c, sample: 0} # sample: 0 (expected: a whole number from 1 to 1000000)",
                "capture: {dir: /tmp/c, queue-bytes: 1KiB} # queue-bytes: \"1KiB\" (expected: a size from 1MiB to 1GiB",
                "capture: {dir: /tmp/c, dir-bytes: 1KiB} # dir-bytes: \"1KiB\" (expected: a size from 1MiB to 16384GiB",
                "capture: {dir: /no/such/place} # dir: /no/such/place cannot be",
                "capture: {dir: /tmp/c, key-file: nowhere} # key-file:",
                "clusters: {} # f:1:11: clusters: an empty mapping (expected: at least one)",
                "clusters: {c: {nodes: []}} # f:1:23: clusters.c: nodes: an empty list (expected: a list of at least one)",
                "clusters: {c: {nodes: [pg]}} # f:1:24: clusters.c: nodes[0]: \"pg\" (expected: host:port",
                "clusters: {c: {nodes: ['::1:5432']}} # f:1:24: clusters.c: nodes[0]: \"::1:5432\" (expected: host:port",
                "clusters: {c: {nodes: ['h:65536']}} # f:1:24: clusters.c: nodes[0]: \"h:65536\" (expected: host:port",
                "clusters: {c: {nodes: [[::1]:5432]}} # f:1:25: not YAML",
                "clusters: {c: {connect-timeout: 5}} # f:1:33: clusters.c: connect-timeout: 5 (expected: a duration",
                "clusters: {c: {connect-timeout: 1d}} # f:1:33: clusters.c: connect-timeout: \"1d\" (expected: a duration",
                "clusters: {c: {connect-timeout: 0s}} # f:1:33: clusters.c: connect-timeout: \"0s\" (expected: a duration",
                "clusters: {c: {tls: {mode: verify_full}}} # (expected: disable, prefer, require, verify-ca, verify-full)"
                        + ", did you mean `verify-full`?",
                "clusters: {c: {tls: {mode: prefer, negotiation: direct}}} # negotiation: direct with an optional mode",
                "clusters: {c: {tls: {ca: x}}} # f:1:21: clusters.c.tls: required key `mode` is missing",
                "clusters: {c: {}} # f:1:15: clusters.c: no nodes (expected: one of nodes, patroni, dns)",
                "clusters: {c: {nodes: ['h:1'], dns: {names: ['n:1']}}} # f:1:37: clusters.c: nodes and dns (expected: one of",
                "clusters: {c: {patroni: {urls: [p]}}} # clusters.c.patroni: urls: ~p~ (expected: such as https://pg1:8008)",
                "clusters: {c: {patroni: {urls: ['http://p'], tls: {ca: x}}}} # tls: beside a url that is not https",
                "clusters: {c: {patroni: {urls: ['http://p'], user: u}}} # user alone (expected: user and password, or none)",
                "clusters: {c: {monitor: {user: u, password: {}}}} # an empty mapping (expected: one of file, env)",
                "clusters: {c: {nodes: ['h:1'], lag: {max-time: 1s}}} # lag: nobody knows it (expected: patroni or monitor",
                "clusters: {c: {nodes: ['h:1'], lag: {}}} # f:1:37: clusters.c.lag: no limit (expected: max-bytes, max-time or",
                "clusters: {c: {balance: least}} # f:1:25: clusters.c: balance: ~least~ (expected: in-order, least-connections,",
                "clusters: {c: {balance: {weights: {a: 2}}}} # weights: heard by nobody (expected: strategy: weighted beside",
                "limits: # f:1:8: limits: nothing (expected: a mapping)",
                "limits: {connections: '5'} # f:1:23: limits: connections: \"5\" (expected: a whole number",
                "limits: {connections: 0} # f:1:23: limits: connections: 0 (expected: a whole number from 1 to 1000000)",
                "limits: {connections: 99999999999999999999} # limits: connections: 99999999999999999999 (expected:",
                "listeners: [{proxy-protocol: {from: 10.0.0.0/33}}] # from: \"10.0.0.0/33\" (expected: an address or a network",
                "listeners: [{proxy-protocol: {from: [proxy]}}] # from: \"proxy\" (expected: an address or a network",
                "listeners: [{application-name: {suffix: '/a-name-of-thirty-bytes-or-so-{session}'}}] # bytes of a name)",
                "listeners: [{listen: 'unix:/tmp/weir'}] # listen: \"unix:/tmp/weir\" (expected: unix:/dir/.s.PGSQL.port, a path",
                "listeners: [{listen: 'unix:run/.s.PGSQL.6432'}] # (expected: unix:/dir/.s.PGSQL.port, a path of at most 107",
                "listeners: [{socket-mode: rw}] # socket-mode: \"rw\" (expected: permissions such as \"0770\")",
                "admin: {listen: 'unix:/tmp/.s.PGSQL.80'} # (expected: host:port",
                "clusters: {c: {nodes: ['unix:/tmp/.s.PGSQL.1'], tls: {mode: require}}} # tls: required of a Unix-domain socket",
                "clusters: {c: {nodes: ['unix:/tmp/.s.PGSQL.1'], monitor: {user: u}}} # monitor: beside a Unix-domain socket",
                "limits: {connections-per: {}} # limits.connections-per: an empty mapping (expected: one of listener,",
                "limits: {connections-per: {user: 0}} # limits.connections-per: user: 0 (expected: a whole number from 1",
                "limits: {connections-per: {role: 5}} # limits.connections-per: unknown key `role` (expected: listener,",
                "limits: {connect-rate: {listener: 5}} # listener: \"5\" (expected: a rate such as 10/s, 100/m or 1000/h)",
                "limits: {connect-rate: {listener: 0/s}} # listener: \"0/s\" (expected: a rate such as",
                "limits: {connect-rate: {client-address: {burst: 2}}} # required key `rate` is missing",
                "limits: {failed-logins: {within: 1m}} # limits.failed-logins: required key `max` is missing",
                "limits: {queue: {sessions: 5, wait: 1s}} # unknown key `wait` (expected: sessions, wait-max)",
                "limits: {queue: {sessions: 50}, handshakes: 20} # limits: queue: 50 waiting sessions of 20 handshakes",
                "limits: {timeouts: {}} # limits.timeouts: an empty mapping (expected: one of idle, transaction-idle, query)",
                "limits: {timeouts: {query: 721h}} # limits.timeouts: query: \"721h\" (expected: a duration from 0h to 720h",
                "limits: {keepalive: {count: 3}} # limits.keepalive: required key `idle` is missing",
                "limits: {message-bytes: 1MB} # limits: message-bytes: \"1MB\" (expected: a size from 16KiB to 1GiB",
                "limits: {message-bytes: 2GiB} # limits: message-bytes: \"2GiB\" (expected: a size from 16KiB to 1GiB",
                "audit: {copy-sha256: yes} # audit: copy-sha256: \"yes\" (expected: true or false)",
                "audit: {sinks: [stdout]} # f:1:17: audit.sinks[0]: \"stdout\" (expected: a mapping)",
                "audit: {sinks: [{}]} # audit.sinks[0]: an empty mapping (expected: one of stdout, file, kafka, cloudwatch-logs)",
                "audit: {sinks: [{stdout: {}, file: {path: x}}]} # audit.sinks[0]: two kinds of sink",
                "audit: {sinks: [{stdout: {}}, {stdout: {}}]} # audit.sinks[1]: a sink with the target of an earlier one",
                "audit: {sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {stream: s}}}]} # audit.sinks[0].cloudwatch-logs.metrics: stream: that of the records (expected: one for metrics alone)",
                "audit: {sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {}}}, {cloudwatch-logs: {group: g, stream: s-metrics}}]} # audit.sinks[1]: a sink with the target of an earlier one",
                "audit: {sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {namespace: AWS/x}}}]} # namespace: no name of a namespace",
                "audit: {sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {every: 500ms}}}]} # every: ~500ms~ (expected: a duration from 1s to 1h",
                "audit: {sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {dimensions: [hots]}}}]} # dimensions[0]: ~hots~ (expected: host, listener, cluster, node, class, outcome, direction, sink), did you mean `host`?",
                "audit: {sinks: [{file: {path: /no/such/place}}]} # path: /no/such/place cannot be written",
                "audit: {sinks: [{file: {path: \"a\\0b\"}}]} # path: \"a?b\" (expected: the path of a file)",
            })
    void aFaultNamesPlaceAndExpectation(String text, String expected) {
        // When
        ConfigException thrown = catchThrowableOfType(
                ConfigException.class, () -> ConfigReader.read("f", text.strip().replace('|', '\n')));

        // Then
        assertThat(thrown).hasMessageContaining(expected.strip().replace('~', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "roles: leader # roles: nobody knows them (expected: patroni or monitor in cluster `c`)",
                "roles: [sync, sync] # listeners[0]: roles: sync again (expected: each once)",
                "roles: [primary] # roles[0]: \"primary\" (expected: leader, sync, async, standby-leader)",
                "fallback: leader # fallback: of any role already (expected: roles beside it)",
                "tls: {mode: require} # listeners[0].tls: mode: TLS with no certificate (expected: cert and key beside it)",
                "tls: {mode: require, cert: c.pem} # cert alone (expected: key beside it)",
                "tls: {mode: disable, key: c.pem} # key alone (expected: cert beside it)",
                "tls: {mode: disable, cert: c.pem} # c.pem does not exist (expected: a file that can be read)",
                "tls: {mode: disable, cert: .} # cannot be read (expected: a file that can be read)",
                "tls: {mode: disable, client-certificate: require} # nothing to check it with (expected: client-ca)",
                "nodes: 1 # unknown key `nodes` (expected: name, listen, cluster, mode, roles, fallback, tls, socket-mode, reuse-port, limits, proxy-protocol, application-name, reads, failover, auth)",
                "name: again # key `name` again (expected: once; first on line 2)",
            })
    void aListenerFaultNamesPlaceAndExpectation(String key, String expected) {
        // When
        ConfigException thrown = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigReader.read("f", MINIMAL.replace("cluster: c}", "cluster: c, " + key + "}")));

        // Then
        assertThat(thrown).hasMessageContaining(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"6432", "':6432'", "'0.0.0.0:6432'", "'[::]:6432'"})
    void listenersMayNotShareAnAddress(String other) {
        // When
        ConfigException thrown = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigReader.read(
                        "f", MINIMAL.replace("}]", "}, {name: m, cluster: c, listen: " + other + "}]")));

        // Then
        assertThat(thrown.faults()).hasSize(1);
        assertThat(thrown).hasMessageContaining("again (expected: each listener its own)");
    }

    @Test
    void aliasesServeButNotAsABomb() throws ConfigException {
        // Given
        String shared = "limits: {connections: &n 7, outstanding-requests: 64}\nthreads: {loops: *n}\n";
        String bomb = MINIMAL + "x: &x [1]\ny: [" + "*x, ".repeat(65) + "]\n";

        // When
        AgentConfig config = ConfigReader.read("f", MINIMAL + shared);
        ConfigException thrown = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read("f", bomb));

        // Then
        assertThat(config.threads().loops()).isEqualTo(7);
        assertThat(thrown).hasMessageContaining("f:4:").hasMessageContaining("65 aliases (expected: at most 64)");
    }

    @Test
    void deepNestingIsRefusedBeforeItIsBuilt() {
        // When
        ConfigException thrown =
                catchThrowableOfType(ConfigException.class, () -> ConfigReader.read("f", "[".repeat(100_000)));

        // Then
        assertThat(thrown).hasMessage("f:1:33: nested 33 deep (expected: at most 32)");
    }

    @Test
    void aFileThatContainsItselfIsRefused() {
        // When
        ConfigException thrown = catchThrowableOfType(
                ConfigException.class, () -> ConfigReader.read("f", "&a\nclusters: *a\nlisteners: [*a]\n"));

        // Then
        assertThat(thrown).hasMessageContaining("clusters.listeners");
    }

    @Test
    void aFileThatIsNoTextIsRefused() throws IOException {
        // Given
        Path missing = directory.resolve("missing.yaml");
        Path empty = Files.createFile(directory.resolve("empty.yaml"));
        Path big = Files.writeString(directory.resolve("big.yaml"), "#".repeat(ConfigReader.FILE_BYTES_MAX + 1));
        Path latin =
                Files.write(directory.resolve("latin.yaml"), "# ok\n# caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));

        // Then
        assertFault(missing, missing + ": no such file");
        assertFault(directory, directory + ": cannot be read: Is a directory");
        assertFault(empty, empty + ":1:1: nothing in it (expected: `clusters` and `listeners`)");
        assertFault(big, big + ": more than 1048576 bytes (expected: at most that)");
        assertFault(latin, latin + ":2:6: byte 0xe9 (expected: UTF-8)");
    }

    private static void assertFault(Path file, String expected) {
        ConfigException thrown = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));
        assertThat(thrown).hasMessage(expected);
    }

    private Path copy(String name) throws IOException {
        return Files.writeString(directory.resolve(name), resource(name));
    }

    private static String resource(String name) throws IOException {
        try (var in = ConfigReaderTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
