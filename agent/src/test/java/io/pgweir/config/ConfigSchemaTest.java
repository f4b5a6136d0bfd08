package io.pgweir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code schemas/config.v1.json}, the records and the reader say the same. */
class ConfigSchemaTest {
    private static final Path ROOT = Path.of(System.getProperty("pgweir.root", ".."));
    private static final Path SCHEMA = ROOT.resolve("schemas/config.v1.json");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/properties | io.pgweir.config.AgentConfig",
                "/$defs/cluster/properties | io.pgweir.config.ClusterConfig",
                "/$defs/patroni/properties | io.pgweir.config.PatroniConfig",
                "/$defs/patroni/properties/tls/properties | io.pgweir.config.PatroniConfig$Tls",
                "/$defs/dns/properties | io.pgweir.config.DnsConfig",
                "/$defs/monitor/properties | io.pgweir.config.MonitorConfig",
                "/$defs/secret/properties | io.pgweir.config.SecretConfig",
                "/$defs/lag/properties | io.pgweir.config.LagConfig",
                "/$defs/balance/properties | io.pgweir.config.BalanceConfig",
                "/$defs/ejection/properties | io.pgweir.config.EjectionConfig",
                "/$defs/breaker/properties | io.pgweir.config.BreakerConfig",
                "/$defs/server-tls/properties | io.pgweir.config.ServerTlsConfig",
                "/$defs/listener/properties | io.pgweir.config.ListenerConfig",
                "/$defs/client-tls/properties | io.pgweir.config.ClientTlsConfig",
                "/$defs/rules/properties | io.pgweir.config.RulesConfig",
                "/$defs/audit/properties | io.pgweir.config.AuditConfig",
                "/$defs/sink/properties/stdout/properties | io.pgweir.config.AuditConfig$Sink$Stdout",
                "/$defs/sink/properties/file/properties | io.pgweir.config.AuditConfig$Sink$File",
                "/$defs/sink/properties/kafka/properties | io.pgweir.config.AuditConfig$Sink$Kafka",
                "/$defs/sink/properties/cloudwatch-logs/properties | io.pgweir.config.AuditConfig$Sink$CloudWatchLogs",
                "/$defs/cloudwatch-metrics/properties | io.pgweir.config.CloudWatchMetricsConfig",
                "/$defs/spool/properties | io.pgweir.config.AuditConfig$Spool",
                "/$defs/seal/properties | io.pgweir.config.AuditConfig$Seal",
                "/$defs/limits/properties | io.pgweir.config.LimitsConfig",
                "/$defs/limits/properties/connections-per/properties | io.pgweir.config.ConnectionsPerConfig",
                "/$defs/limits/properties/connect-rate/properties | io.pgweir.config.ConnectRateConfig",
                "/$defs/limits/properties/failed-logins/properties | io.pgweir.config.FailedLoginsConfig",
                "/$defs/limits/properties/queue/properties | io.pgweir.config.QueueConfig",
                "/$defs/timeouts/properties | io.pgweir.config.TimeoutsConfig",
                "/$defs/limits/properties/keepalive/properties | io.pgweir.config.KeepaliveConfig",
                "/$defs/listener/properties/proxy-protocol/properties | io.pgweir.config.ProxyProtocolConfig",
                "/$defs/listener/properties/application-name/properties | io.pgweir.config.ApplicationNameConfig",
                "/$defs/listener/properties/reads/properties | io.pgweir.config.ReadsConfig",
                "/$defs/auth/properties | io.pgweir.config.AuthConfig",
                "/$defs/auth/properties/query/properties | io.pgweir.config.AuthConfig$Query",
                "/$defs/auth/properties/aws-secrets-manager/properties | io.pgweir.config.AuthConfig$SecretsManager",
                "/$defs/auth/properties/cache/properties | io.pgweir.config.AuthConfig$Cache",
                "/$defs/auth/properties/aws-iam/properties | io.pgweir.config.AuthConfig$AwsIam",
                "/$defs/auth/properties/certificates/properties | io.pgweir.config.AuthConfig$Certificates",
                "/$defs/listener/properties/limits/properties | io.pgweir.config.ListenerLimitsConfig",
                "/$defs/threads/properties | io.pgweir.config.ThreadsConfig",
                "/$defs/admin/properties | io.pgweir.config.AdminConfig",
                "/$defs/log/properties | io.pgweir.config.LogConfig",
                "/$defs/admin-tls/properties | io.pgweir.config.AdminConfig$Tls",
            })
    void aSectionHasTheKeysAndWordsOfItsRecord(String pointer, Class<?> type) throws IOException {
        // Given
        JsonNode properties = schemaTree().at(pointer);

        // Then
        assertThat(new TreeSet<>(properties.propertyNames()))
                .isEqualTo(new TreeSet<>(components(type)
                        .map(component -> kebab(component.getName()))
                        .toList()));
        components(type)
                .filter(component -> component.getType().isEnum()
                        && !properties.get(kebab(component.getName())).has("$ref"))
                .forEach(component -> assertThat(words(properties.get(kebab(component.getName()))))
                        .isEqualTo(words(component.getType())));
    }

    @Test
    void strategiesRolesAndDimensionsAreThoseOfTheirEnums() throws IOException {
        // Then
        assertThat(words(schemaTree().at("/$defs/strategy"))).isEqualTo(words(BalanceConfig.Strategy.class));
        assertThat(words(schemaTree().at("/$defs/role"))).isEqualTo(words(ListenerConfig.Role.class));
        assertThat(words(schemaTree().at("/$defs/dimension")))
                .isEqualTo(words(CloudWatchMetricsConfig.Dimension.class));
    }

    /** Of the sections of a cluster. */
    @ParameterizedTest
    @CsvSource({
        "patroni, {urls: ['http://p:8008']",
        "dns, {names: ['n:5432']",
        "monitor, {user: u",
        "lag, {max-bytes: 1KiB",
        "balance, {strategy: latency",
        "ejection, {failures: 5",
        "breaker, {attempts-min: 10",
    })
    void theSchemaTellsTheDefaultsOfAClustersSections(String section, String least) throws Exception {
        // Given
        StringBuilder explicit = new StringBuilder(least);
        for (var property : schemaTree().at("/$defs/" + section + "/properties").properties()) {
            if (property.getValue().has("default") && !least.contains(property.getKey() + ":")) {
                explicit.append(", %s: %s"
                        .formatted(
                                property.getKey(),
                                property.getValue().get("default").asString()));
            }
        }

        // Then
        assertThat(clusterWith(section, explicit + "}")).isEqualTo(clusterWith(section, least + "}"));
    }

    private static AgentConfig clusterWith(String section, String value) throws ConfigException {
        String nodes = section.equals("patroni") || section.equals("dns") ? "" : "nodes: ['h:1'], ";
        String monitor = section.equals("lag") ? "monitor: {user: u}, " : "";
        return ConfigReader.read(
                "f",
                "clusters: {c: {" + nodes + monitor + section + ": " + value + "}}\n"
                        + "listeners: [{name: l, listen: 1, cluster: c}]\n");
    }

    @Test
    void everySinkHasItsKey() throws IOException {
        // Then
        assertThat(schemaTree().at("/$defs/sink/properties").propertyNames())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(AuditConfig.Sink.class.getPermittedSubclasses())
                        .map(type -> kebab(type.getSimpleName().replace("Watch", "watch"))
                                .substring(1))
                        .toList());
    }

    /** The defaults that the schema tells, set explicitly, change nothing. */
    @Test
    void theSchemaTellsTheDefaults() throws IOException, ConfigException {
        // Given
        String least = Files.readString(ROOT.resolve("docs/examples/least.yaml"));
        StringBuilder explicit = new StringBuilder(least);
        for (String section : List.of("audit", "limits", "threads", "log")) {
            explicit.append(section).append(":\n");
            for (var property :
                    schemaTree().at("/$defs/" + section + "/properties").properties()) {
                if (property.getValue().has("default")) {
                    explicit.append("  %s: %s\n"
                            .formatted(
                                    property.getKey(),
                                    property.getValue().get("default").asString()));
                }
            }
        }

        // Then
        assertThat(ConfigReader.read("explicit", explicit.toString())).isEqualTo(ConfigReader.read("least", least));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsValidInBoth(Path example) throws IOException {
        // Given
        Path copy = Files.copy(example, directory.resolve(example.getFileName()));
        Files.createDirectory(directory.resolve("tls"));
        for (String name : List.of("ca.pem", "server.crt", "server.key")) {
            Files.writeString(directory.resolve("tls").resolve(name), name);
        }
        Files.writeString(directory.resolve("seal.pem"), "seal.pem");
        Files.createDirectory(directory.resolve("rules"));
        Files.copy(ROOT.resolve("docs/examples/rules/start.yaml"), directory.resolve("rules/start.yaml"));

        // Then
        assertThat(schemaFaults(Files.readString(copy))).isEmpty();
        assertThatCode(() -> ConfigReader.read(copy)).doesNotThrowAnyException();
    }

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("docs/examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
    }

    @Test
    void theReadmeShowsTheExample() throws IOException {
        // Given
        String example = Files.readString(ROOT.resolve("docs/examples/pgweir.yaml"));

        // Then
        assertThat(Files.readString(ROOT.resolve("README.md")))
                .contains("```yaml\n" + example.substring(example.indexOf('\n') + 1) + "```");
    }

    /** Every key, in any section, has its row. */
    @Test
    void theDocumentTellsEveryKey() throws IOException {
        // Given
        String document = Files.readString(ROOT.resolve("docs/configuration.md"));

        // Then
        for (JsonNode properties : schemaTree().findValues("properties")) {
            for (String key : properties.propertyNames()) {
                assertThat(document).containsPattern("\\b" + key + "\\b");
            }
        }
    }

    /** Added to the least example, each is wrong in its shape, which both must see. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "version: 2",
                "version: '1'",
                "rules: []",
                "rules: {files: []}",
                "rules: {pack: [noise]}",
                "rules: {strict: 1}",
                "clusters2: {}",
                "limits:",
                "limits: []",
                "limits: {connections: 0}",
                "limits: {connections: 1000001}",
                "limits: {connections: 1.5}",
                "limits: {connections: '5'}",
                "limits: {connections-per: {}}",
                "limits: {connections-per: {user: 0}}",
                "limits: {connections-per: {role: 5}}",
                "limits: {connect-rate: {listener: 5}}",
                "limits: {connect-rate: {listener: 0/s}}",
                "limits: {connect-rate: {listener: 5/d}}",
                "limits: {connect-rate: {client-address: {burst: 2}}}",
                "limits: {connect-rate: {client-address: {rate: 5/s, burst: 0}}}",
                "limits: {failed-logins: {}}",
                "limits: {failed-logins: {max: 0}}",
                "limits: {queue: {wait-max: 1s}}",
                "limits: {queue: {sessions: -1}}",
                "limits: {handshakes: 15}",
                "limits: {timeouts: {}}",
                "limits: {timeouts: {query: 5}}",
                "limits: {keepalive: {}}",
                "limits: {keepalive: {idle: 5s, count: 0}}",
                "limits: {startup-timeout: 5}",
                "limits: {startup-timeout: 1d}",
                "limits: {startup-timeout: 1 s}",
                "limits: {message-bytes: 1MB}",
                "limits: {message-bytes: -1}",
                "limits: {outstanding-requests: 15}",
                "limits: {startupTimeout: 5s}",
                "admin: {}",
                "admin: {listen: 8009, token: secret}",
                "audit: {spool: {dir: d}, sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {every: 5}}}]}",
                "audit: {spool: {dir: d}, sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {dimensions: []}}}]}",
                "audit: {spool: {dir: d}, sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {dimensions: [user]}}}]}",
                "audit: {spool: {dir: d}, sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {namespace: AWS/x}}}]}",
                "audit: {spool: {dir: d}, sinks: [{cloudwatch-logs: {group: g, stream: s, metrics: {log-stream: x}}}]}",
                "threads: {loops: -1}",
                "threads: {loops: 1025}",
                "threads: {transport: io-uring}",
                "threads: {transport: EPOLL}",
                "audit: {parameters: all}",
                "audit: {text: 1}",
                "audit: {queue-records: 63}",
                "audit: {copy-sha256: 'true'}",
                "audit: {sinks: []}",
                "audit: {sinks: [stdout]}",
                "audit: {sinks: [{}]}",
                "audit: {sinks: [{kafka: {}}]}",
                "audit: {sinks: [{stdout: {}}, {stdout: {}}]}",
                "audit: {sinks: [{stdout: {format: json}}]}",
                "audit: {sinks: [{stdout: {}, file: {path: x}}]}",
                "audit: {sinks: [{file: {}}]}",
                "audit: {sinks: [{file: {path: ''}}]}",
            })
    void aFaultOfShapeIsSeenByBoth(String more) throws IOException {
        assertBothRefuse(Files.readString(ROOT.resolve("docs/examples/least.yaml")) + more + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{nodes: []}",
                "{nodes: [h]}",
                "{nodes: ['::1:5432']}",
                "{nodes: ['[]:5432']}",
                "{nodes: ['h:123456']}",
                "{nodes: 'h:5432'}",
                "{nodes: ['h:1'], connect-timeout: soon}",
                "{nodes: ['h:1'], tls: {}}",
                "{nodes: ['h:1'], tls: {mode: verify_ca}}",
                "{nodes: ['h:1'], tls: {mode: prefer, negotiation: direct}}",
                "{nodes: ['h:1'], tls: {mode: prefer, cert: x}}",
                "{nodes: ['h:1'], dns: {names: ['n:1']}}",
                "{nodes: ['h:1'], patroni: {urls: ['http://p:8008']}}",
                "{patroni: {}}",
                "{patroni: {urls: []}}",
                "{patroni: {urls: ['pg1:8008']}}",
                "{patroni: {urls: ['ftp://pg1:8008']}}",
                "{patroni: {urls: ['http://u:p@pg1:8008']}}",
                "{patroni: {urls: ['http://p:8008'], poll: 3}}",
                "{patroni: {urls: ['http://p:8008'], user: u}}",
                "{patroni: {urls: ['https://p:8008'], tls: {}}}",
                "{patroni: {urls: ['https://p:8008'], tls: {cert: x}}}",
                "{patroni: {urls: ['http://p:8008'], user: u, password: secret}}",
                "{patroni: {urls: ['http://p:8008'], user: u, password: {}}}",
                "{patroni: {urls: ['http://p:8008'], user: u, password: {env: A, file: b}}}",
                "{dns: {}}",
                "{dns: {names: [n]}}",
                "{nodes: ['h:1'], monitor: {}}",
                "{nodes: ['h:1'], monitor: {user: ''}}",
                "{nodes: ['h:1'], monitor: {user: u}, lag: {}}",
                "{nodes: ['h:1'], monitor: {user: u}, lag: {max-bytes: 1KiB, unknown: include}}",
                "{nodes: ['h:1'], lag: {max-bytes: 1KiB}}",
                "{nodes: ['h:1'], balance: fair}",
                "{nodes: ['h:1'], balance: {strategy: fair}}",
                "{nodes: ['h:1'], balance: {retries: 1001}}",
                "{nodes: ['h:1'], balance: {weights: {a: 2}}}",
                "{nodes: ['h:1'], balance: {strategy: weighted, weights: {a: 0}}}",
                "{nodes: ['h:1'], balance: {panic-percent: 101}}",
                "{nodes: ['h:1'], ejection: {failures: 0}}",
                "{nodes: ['h:1'], breaker: {failure-percent: 0}}",
                "{node: ['h:1']}",
                "{}",
                "[]",
            })
    void aFaultOfAClusterIsSeenByBoth(String cluster) {
        assertBothRefuse("clusters: {c: " + cluster + "}\nlisteners: [{name: l, listen: 1, cluster: c}]\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: '', listen: 1, cluster: c}",
                "{listen: 1, cluster: c}",
                "{name: l, cluster: c}",
                "{name: l, listen: 1}",
                "{name: l, listen: 65536, cluster: c}",
                "{name: l, listen: 1, cluster: c, limits: {}}",
                "{name: l, listen: 1, cluster: c, limits: {connections: 0}}",
                "{name: l, listen: 1, cluster: c, limits: {connect-rate: fast}}",
                "{name: l, listen: 1, cluster: c, limits: {timeouts: {}}}",
                "{name: l, listen: 'unix:/tmp/weir', cluster: c}",
                "{name: l, listen: 'unix:tmp/.s.PGSQL.1', cluster: c}",
                "{name: l, listen: 1, cluster: c, socket-mode: '0999'}",
                "{name: l, listen: 1, cluster: c, proxy-protocol: {}}",
                "{name: l, listen: 1, cluster: c, proxy-protocol: {from: 10.0.0.0/8, others: drop}}",
                "{name: l, listen: 1, cluster: c, application-name: {}}",
                "{name: l, listen: 1, cluster: c, application-name: {suffix: ''}}",
                "{name: l, listen: 1, cluster: c, auth: {verifiers: query}}",
                "{name: l, listen: 1, cluster: c, mode: transparent, auth: {verifiers: query}}",
                "{name: l, listen: here, cluster: c}",
                "{name: l, listen: 1, cluster: c, mode: split, roles: leader}",
                "{name: l, listen: 1, cluster: c, mode: split, reads: {from: leader}}",
                "{name: l, listen: 1, cluster: c, mode: split, reads: {hints: [none, leader]}}",
                "{name: l, listen: 1, cluster: c, mode: split, reads: {hints: []}}",
                "{name: l, listen: 1, cluster: c, mode: split, reads: {transactions: all}}",
                "{name: l, listen: 1, cluster: c, mode: splitt}",
                "{name: l, listen: 1, cluster: c, mode: split, auth: {verifiers: query, certificates: {}}}",
                "{name: l, listen: 1, cluster: c, reads: {from: async}}",
                "{name: l, listen: 1, cluster: c, failover: {hold-max: 5s}}",
                "{name: l, listen: 1, cluster: c, mode: split, failover: {}}",
                "{name: l, listen: 1, cluster: c, mode: split, failover: {hold-sessions: 0}}",
                "{name: l, listen: 1, cluster: c, roles: []}",
                "{name: l, listen: 1, cluster: c, roles: [primary]}",
                "{name: l, listen: 1, cluster: c, roles: [sync, sync]}",
                "{name: l, listen: 1, cluster: c, fallback: leader}",
                "{name: l, listen: 1, cluster: c, tls: {mode: require}}",
                "{name: l, listen: 1, cluster: c, tls: {mode: disable, key: x}}",
                "{name: l, listen: 1, cluster: c, tls: {mode: disable, client-certificate: optional}}",
            })
    void aFaultOfAListenerIsSeenByBoth(String listener) {
        assertBothRefuse("clusters: {c: {nodes: ['h:1']}}\nlisteners: [" + listener + "]\n");
    }

    private static void assertBothRefuse(String yaml) {
        assertThat(schemaFaults(yaml)).as("schema: %s", yaml).isNotEmpty();
        assertThatCode(() -> ConfigReader.read("reader", yaml)).isInstanceOf(ConfigException.class);
    }

    private static List<com.networknt.schema.Error> schemaFaults(String yaml) {
        try {
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Files.readString(SCHEMA), InputFormat.JSON);
            return schema.validate(yaml, InputFormat.YAML);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static JsonNode schemaTree() throws IOException {
        return new ObjectMapper().readTree(Files.readString(SCHEMA));
    }

    /** What a mode of listeners has of its own stands beside the rest. */
    private static Stream<RecordComponent> components(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .flatMap(component -> component.getType() == SplitConfig.class
                        ? components(SplitConfig.class)
                        : Stream.of(component));
    }

    private static List<String> words(JsonNode property) {
        return property.get("enum").valueStream().map(JsonNode::asString).toList();
    }

    private static List<String> words(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
    }

    /** {@code copySha256} is one word and a number: {@code copy-sha256}. */
    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
