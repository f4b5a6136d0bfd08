package io.pgweir.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.admin.ReloadReport;
import io.pgweir.audit.AuditSchema;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.ConfigException;
import io.pgweir.config.ConfigReader;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a running agent, and of its sessions, when its configuration changes. */
@Timeout(60)
class ReloadIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static PgServer one;
    private static PgServer other;

    @TempDir
    private Path dir;

    private Path file;
    private Agent agent;

    @BeforeAll
    static void startServers() {
        one = PgServer.builder().start();
        other = PgServer.builder().start();
        one.query("create table who as select 'one' as name");
        other.query("create table who as select 'other' as name");
    }

    @AfterAll
    static void stopServers() {
        one.close();
        other.close();
    }

    @BeforeEach
    void startAgent() throws Exception {
        file = dir.resolve("pgweir.yaml");
        write(one.port(), listener("l"), "");
        startAgain();
    }

    private void startAgain() throws Exception {
        agent = Agent.start(source(() -> {}));
    }

    /** @param meanwhile what happens to the file just after it is read, each time */
    private ConfigSource source(Runnable meanwhile) {
        return new ConfigSource() {
            @Override
            public Path file() {
                return file;
            }

            @Override
            public AgentConfig read() throws ConfigException {
                AgentConfig read = ConfigReader.read(file);
                meanwhile.run();
                return read;
            }
        };
    }

    @AfterEach
    void stopAgent() {
        agent.close();
    }

    private static String listener(String name) {
        return "{name: %s, listen: \"127.0.0.1:0\", cluster: c}".formatted(name);
    }

    /** In one move, as a careful editor does it: the agent looks at the file all the time. */
    private void write(int port, String listeners, String more) throws IOException {
        Path next = Files.writeString(dir.resolve("next.yaml"), """
                clusters: {c: {nodes: ["127.0.0.1:%d"]}}
                listeners: [%s]
                audit: {sinks: [{file: {path: audit.ndjson}}]}
                %s
                """.formatted(port, listeners, more));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aNodeThatIsNoMemberAnyMoreTakesItsSeriesWithIt() throws Exception {
        // Given
        String admin = "admin: {listen: \"127.0.0.1:0\"}";
        write(one.port(), listener("l"), admin);
        agent.close();
        startAgain();
        String before = "node=\"127.0.0.1:" + one.port() + "\"";
        String after = "node=\"127.0.0.1:" + other.port() + "\"";
        login("l").close();
        assertThat(metrics())
                .contains("pgweir_node_sessions{cluster=\"c\"," + before)
                .doesNotContain(after);
        // When
        write(other.port(), listener("l"), admin);
        agent.reload();
        // Then
        assertThat(metrics())
                .contains("pgweir_node_sessions{cluster=\"c\"," + after)
                .doesNotContain(before);
    }

    @Test
    void whoAsksForVerifiersIsTheMonitorOfNow() throws Exception {
        // Given
        one.query("create role asks login superuser; create role asks_now login superuser");
        for (String monitor : List.of("asks", "asks_now")) {
            Path next = Files.writeString(dir.resolve("next.yaml"), """
                    clusters: {c: {nodes: ["127.0.0.1:%d"], monitor: {user: %s}}}
                    listeners: [{name: s, listen: "127.0.0.1:0", cluster: c, mode: split, auth: {verifiers: query}}]
                    audit: {sinks: [{file: {path: audit.ndjson}}]}
                    """.formatted(one.port(), monitor));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            // When
            agent.reload();
            login("s").close();
            // Then
            await().atMost(SOON)
                    .until(() -> monitor.equals(one.query("select string_agg(usename, ',') from pg_stat_activity"
                            + " where application_name = 'pgweir verifiers'")));
        }
    }

    private String metrics() throws Exception {
        int port = Objects.requireNonNull(agent.adminAddress()).getPort();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private PgWire login(String listener) {
        return PgWire.login("127.0.0.1", port(listener), Map.of(), null);
    }

    private int port(String listener) {
        return Objects.requireNonNull(agent.addresses().get(listener), listener).getPort();
    }

    private List<String> outcomes() throws IOException {
        return Files.readAllLines(dir.resolve("audit.ndjson"), StandardCharsets.UTF_8).stream()
                .map(AuditSchema::validated)
                .filter(record -> record.get("type").asString().equals("audit.reload"))
                .map(record -> record.at("/reload/what").asString() + " "
                        + record.at("/reload/outcome").asString())
                .toList();
    }

    @Test
    void listenersComeAndGoAndSessionsStay() throws Exception {
        // Given
        int gone = port("l");
        try (PgWire old = login("l")) {
            old.query("begin");

            // When
            write(one.port(), listener("fresh"), "");
            await().atMost(SOON).until(() -> agent.addresses().containsKey("fresh"));

            // Then
            try (PgWire fresh = login("fresh")) {
                assertThat(fresh.query("select name from who")).contains("D(one)");
            }
            assertThat(old.query("select name from who")).contains("D(one)").endsWith("Z(T)");
            await().atMost(SOON).until(() -> !accepts(gone));
        }
        await().atMost(SOON).until(() -> outcomes().equals(List.of("config success")));
    }

    @Test
    void whatIsWrittenWhileAStartReadsIsTakenOver() throws Exception {
        // Given
        agent.close();
        AtomicBoolean written = new AtomicBoolean();

        // When
        agent = Agent.start(source(() -> {
            if (written.compareAndSet(false, true)) {
                try {
                    write(one.port(), listener("fresh"), "");
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
        }));

        // Then
        assertThat(agent.addresses()).containsOnlyKeys("l");
        await().atMost(SOON).until(() -> agent.addresses().containsKey("fresh"));
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void addressThatStaysIsNeverUnbound() throws Exception {
        // Given
        int port = port("l");

        // When
        write(other.port(), listener("l"), "");
        ReloadReport report = agent.reload();

        // Then
        assertThat(report).isEqualTo(new ReloadReport(true, List.of(), List.of()));
        assertThat(port("l")).isEqualTo(port);
        try (PgWire client = login("l")) {
            assertThat(client.query("select name from who")).contains("D(other)");
        }
    }

    @Test
    void limitsChange() throws Exception {
        // Given
        write(one.port(), listener("l"), "limits: {connections: 1}");
        agent.reload();
        try (PgWire first = login("l");
                PgWire refused = PgWire.connect("127.0.0.1", port("l"))) {
            refused.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "postgres")));
            assertThat(Reply.line(refused.readToEnd())).contains("53300");

            // When
            write(one.port(), listener("l"), "limits: {connections: 2}");
            agent.reload();

            // Then
            try (PgWire second = login("l")) {
                assertThat(second.query("select 1")).contains("D(1)");
            }
            assertThat(first.query("select 1")).contains("D(1)");
        }
    }

    @Test
    void badFileChangesNothing() throws Exception {
        // When
        write(other.port(), listener("l") + ", " + listener("l"), "limitz: {}");
        ReloadReport report = agent.reload();

        // Then
        assertThat(report.taken()).isFalse();
        assertThat(report.faults())
                .hasSize(2)
                .anyMatch(fault -> fault.contains("pgweir.yaml:4:1: unknown key `limitz`"));
        try (PgWire client = login("l")) {
            assertThat(client.query("select name from who")).contains("D(one)");
        }
        await().atMost(SOON).until(() -> outcomes().contains("config failure"));
    }

    @Test
    void badRulesChangeNothingElse() throws Exception {
        // Given
        Path rules = dir.resolve("rules.yaml");
        Files.writeString(
                rules,
                "version: 1\nrules: [{id: r, why: a test, mode: shadow, match: {class: DDL}, do: [{block: {}}]}]\n");
        agent.close();
        write(one.port(), listener("l"), "rules: {files: [rules.yaml], packs: [noise]}");
        startAgain();

        // When
        Files.writeString(rules, "nonsense: 1\n");
        write(other.port(), listener("l"), "rules: {files: [rules.yaml], packs: [noise]}");
        ReloadReport report = agent.reload();

        // Then
        assertThat(report.taken()).isFalse();
        assertThat(report.faults()).anyMatch(fault -> fault.contains("rules.yaml:1:1: unknown key `nonsense`"));
        try (PgWire client = login("l")) {
            assertThat(client.query("select name from who")).contains("D(one)");
        }
    }

    @Test
    void addressInUseChangesNothing() throws Exception {
        // Given
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // When
            write(
                    other.port(),
                    listener("fresh") + ", {name: x, listen: \"127.0.0.1:" + taken.getLocalPort() + "\", cluster: c}",
                    "limits: {connections: 1}");
            ReloadReport report = agent.reload();

            // Then
            assertThat(report.taken()).isFalse();
            assertThat(report.faults()).hasSize(1).first().asString().contains("listener x, 127.0.0.1:");
        }
        assertThat(agent.addresses()).containsOnlyKeys("l");
        try (PgWire client = login("l");
                PgWire second = login("l")) {
            assertThat(client.query("select name from who")).contains("D(one)");
            assertThat(second.query("select 1")).contains("D(1)");
        }
    }

    @Test
    void sessionsOfANodeThatIsConfiguredNoMoreLeave() throws Exception {
        try (PgWire idle = login("l");
                PgWire busy = login("l")) {
            // Given
            busy.query("begin");

            // When
            write(other.port(), listener("l"), "");
            agent.reload();

            // Then
            assertThat(Reply.line(idle.readToEnd())).contains("FATAL 57P01");
            assertThat(busy.query("select name from who")).contains("D(one)").endsWith("Z(T)");
            assertThat(Reply.line(busy.send(Frontend.query("commit")).readToEnd()))
                    .startsWith("C(COMMIT) Z(I)")
                    .contains("FATAL 57P01");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll"})
    void anotherAgentCanListenAtTheSameAddress(String transport) throws Exception {
        // Given
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        AgentConfig config = ConfigReader.read("f", """
                clusters: {c: {nodes: ["127.0.0.1:%d"]}}
                listeners: [{name: l, listen: "127.0.0.1:%d", cluster: c, reuse-port: true}]
                threads: {transport: %s}
                """.formatted(one.port(), port, transport));

        // When
        Agent before = Agent.start(config);
        try (PgWire old = PgWire.login("127.0.0.1", port, Map.of(), null);
                Agent after = Agent.start(config)) {
            before.close();

            // Then
            assertThat(Reply.line(old.readToEnd())).contains("FATAL 57P01");
            assertThat(after.addresses()).hasSize(1);
            for (int i = 0; i < 20; i++) {
                try (PgWire client = PgWire.login("127.0.0.1", port, Map.of(), null)) {
                    assertThat(client.query("select 1")).contains("D(1)");
                }
            }
        } finally {
            before.close();
        }
    }

    @Test
    void whatNeedsAStartIsTold() throws Exception {
        // When
        write(
                one.port(),
                listener("l"),
                "threads: {loops: 1}\nadmin: {listen: \"127.0.0.1:0\"}\nrules: {packs: [noise]}");
        ReloadReport report = agent.reload();

        // Then
        assertThat(report.taken()).isTrue();
        assertThat(report.atNextStart()).containsExactly("threads", "admin", "rules, of which there were none");
    }

    @Test
    void sessionsUnderWayNeverNotice() throws Exception {
        List<PgWire> clients = new ArrayList<>();
        try {
            // Given
            for (int i = 0; i < 20; i++) {
                clients.add(login("l"));
            }

            // When
            for (int i = 0; i < 40; i++) {
                write(
                        one.port(),
                        listener("l") + (i % 2 == 0 ? ", " + listener("more") : ""),
                        "limits: {connections: " + (100 + i) + "}");
                assertThat(agent.reload().taken()).isTrue();
                PgWire client = clients.get(i % clients.size());

                // Then
                assertThat(client.query("select " + i)).contains("D(" + i + ")");
            }
            for (PgWire client : clients) {
                assertThat(client.query("select name from who")).contains("D(one)");
            }
        } finally {
            clients.forEach(PgWire::close);
        }
    }
}
