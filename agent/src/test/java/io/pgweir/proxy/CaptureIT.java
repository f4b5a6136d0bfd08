package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Cancel;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.capture.Selection;
import io.pgweir.config.CaptureConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an agent captures of real sessions. */
@Timeout(120)
class CaptureIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static PgServer server;

    @TempDir
    private Path dir;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder()
                .hba("host all app 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust")
                .start();
        server.query("create role app login password 'hunter2'");
        server.query("create table t(i int, s text)");
        server.query("grant all on t to app");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private RunningAgent agent() {
        return RunningAgent.builder(server.port())
                .messageBytes(64 << 10)
                .capture(CaptureConfig.into(dir))
                .start();
    }

    private List<CaptureRecord> captured() throws IOException {
        List<CaptureRecord> records = new ArrayList<>();
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.sorted().toList()) {
                try (CaptureReader reader = CaptureReader.open(file, List.of(), fault -> {
                    throw new AssertionError(fault.toString());
                })) {
                    CaptureReader.Records all = reader.records(Selection.ALL);
                    for (CaptureRecord record = all.next(); record != null; record = all.next()) {
                        records.add(record);
                    }
                }
            }
        }
        return records;
    }

    private static <T> List<T> only(List<CaptureRecord> records, Class<T> type) {
        return records.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static String types(List<CaptureRecord> records, Direction direction) {
        return only(records, Message.class).stream()
                .filter(message -> message.direction() == direction && !message.is(Message.CONTINUES))
                .map(message -> String.valueOf((char) message.type()))
                .collect(Collectors.joining());
    }

    @Test
    void whatBothSidesSayIsKeptButNoSecret() throws IOException {
        // Given
        try (RunningAgent agent = agent()) {
            try (PgWire client =
                    PgWire.login("127.0.0.1", agent.port(), Map.of("user", "app", "database", "postgres"), "hunter2")) {
                // When
                client.query("insert into t values (1, 'a'), (2, 'b'); select i from t order by i");
                client.send(
                        Frontend.parse("p", "select s from t where i = $1", 23),
                        Frontend.bind("", "p", "2"),
                        Frontend.execute("", 0),
                        Frontend.bind("", "p", "x"),
                        Frontend.execute("", 0),
                        Frontend.sync());
                client.readUntilReady();
                client.send(
                        Frontend.query("copy t from stdin"),
                        Frontend.copyData("3\tc\n"),
                        Frontend.copyData("4\td\n"),
                        Frontend.copyDone());
                client.readUntilReady();
                client.query("copy t to stdout");
                client.send(Frontend.terminate());
                client.readToEnd();
            }
        }

        // Then
        List<CaptureRecord> records = captured();
        SessionOpen open = only(records, SessionOpen.class).getFirst();
        assertThat(open.user()).isEqualTo("app");
        assertThat(open.origin()).isEqualTo(Origin.BEGAN);
        assertThat(open.server().address()).isEqualTo("127.0.0.1:" + server.port());
        assertThat(types(records, Direction.FRONTEND)).isEqualTo("QPBEBESQddcQX");
        assertThat(types(records, Direction.BACKEND))
                .matches("RS+KZCTDDCZ12DC" + "EZGCZHdd+dcCZ".replace("dd+d", "d{4}"));
        List<Message> messages = only(records, Message.class);
        assertThat(messages.stream()
                        .filter(message -> message.type() == 'K')
                        .map(message -> new String(
                                        message.body(), 4, message.bodyLength() - 4, StandardCharsets.ISO_8859_1)
                                .chars()
                                .sum()))
                .containsExactly(0);
        assertThat(messages.stream()
                        .filter(message -> message.direction() == Direction.FRONTEND)
                        .map(Message::request))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L);
        assertThat(messages.stream()
                        .filter(message -> message.direction() == Direction.BACKEND && message.request() > 0)
                        .map(message -> (char) message.type() + "" + message.request())
                        .collect(Collectors.joining(" ")))
                .isEqualTo("C1 T1 D1 D1 C1 Z1 12 23 D4 C4 E5 Z7 G8 C8 Z8 H12 d12 d12 d12 d12 c12 C12 Z12");
        assertThat(only(records, Response.class))
                .extracting(Response::request, Response::rows, Response::tag, Response::sqlState)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(1L, 0L, "INSERT 0 2", ""),
                        org.assertj.core.api.Assertions.tuple(1L, 2L, "SELECT 2", ""),
                        org.assertj.core.api.Assertions.tuple(4L, 1L, "SELECT 1", ""),
                        org.assertj.core.api.Assertions.tuple(5L, 0L, "", "22P02"),
                        org.assertj.core.api.Assertions.tuple(8L, 0L, "COPY 2", ""),
                        org.assertj.core.api.Assertions.tuple(12L, 4L, "COPY 4", ""));
        assertThat(only(records, Response.class))
                .allSatisfy(
                        response -> assertThat(response.totalNanos()).isGreaterThanOrEqualTo(response.firstNanos()));
        assertThat(only(records, SessionEnd.class))
                .extracting(SessionEnd::cause)
                .containsExactly("client-terminated");
    }

    @Test
    void longMessagesAreWholeAndAnswersInAnyOrderHaveOneChecksum() throws IOException {
        String text = "select '" + "x".repeat(3 << 20) + "'";
        try (RunningAgent agent = agent();
                PgWire client = agent.login()) {
            client.query(text);
            client.query("select i from generate_series(1, 100) i order by i");
            client.query("select i from generate_series(1, 100) i order by i desc");
        }

        List<CaptureRecord> records = captured();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (Message part : only(records, Message.class)) {
            if (part.request() == 1 && part.direction() == Direction.FRONTEND) {
                assertThat(part.bodyLength()).isEqualTo(text.length() + 1);
                whole.write(part.body());
            }
        }
        assertThat(whole.toString(StandardCharsets.UTF_8)).isEqualTo(text + '\0');
        List<Response> responses = only(records, Response.class);
        assertThat(responses).hasSize(3);
        assertThat(responses.get(1).unordered()).isEqualTo(responses.get(2).unordered());
        assertThat(responses.get(1).ordered()).isNotEqualTo(responses.get(2).ordered());
    }

    @Test
    void passwordsInTextsAreNotKept() throws IOException {
        try (RunningAgent agent = agent();
                PgWire client = agent.login()) {
            client.query("select 1; create role once password 'topmost'; select 'password'");
            client.send(
                    Frontend.parse("p", "alter role once password 'topmost'", 23),
                    Frontend.closeStatement("p"),
                    Frontend.sync());
            client.readUntilReady();
            client.send(
                    Frontend.parse("", "nonsense"),
                    Frontend.parse("q", "alter role once password 'topmost'"),
                    Frontend.sync());
            client.readUntilReady();
            client.query("drop role once");
        }

        List<Message> asked = only(captured(), Message.class).stream()
                .filter(message -> message.direction() == Direction.FRONTEND)
                .toList();
        assertThat(asked)
                .allSatisfy(message -> assertThat(new String(message.body(), StandardCharsets.UTF_8))
                        .doesNotContain("topmost"));
        assertThat(asked.stream()
                        .filter(message -> message.is(Message.REDACTED))
                        .map(Message::request))
                .containsExactly(1L, 2L, 6L);
        assertThat(new String(asked.getFirst().body(), StandardCharsets.UTF_8))
                .startsWith("select 1; create role once password '***'; select ");
        assertThat(asked.get(1).body()).endsWith(0, 0, 1, 0, 0, 0, 23);
    }

    @Test
    void aCaptureBeginsAndEndsInTheMidstOfSessions() throws Exception {
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .admin()
                        .capture(new CaptureConfig(
                                dir,
                                false,
                                false,
                                false,
                                null,
                                CaptureConfig.FILE_BYTES,
                                CaptureConfig.UNLIMITED,
                                CaptureConfig.QUEUE_BYTES,
                                CaptureConfig.SYNC_INTERVAL,
                                CaptureConfig.Sessions.ALL))
                        .start();
                PgWire client = agent.login();
                PgWire other = PgWire.login(
                        "127.0.0.1", agent.port(), Map.of("user", "app", "database", "postgres"), "hunter2");
                HttpClient http = HttpClient.newHttpClient()) {
            client.send(Frontend.parse("p", "select $1 + 1", 23), Frontend.sync());
            client.readUntilReady();
            client.query("set timezone to 'Asia/Tokyo'");
            client.query("begin");
            other.query("select 'before'");

            assertThat(post(http, agent, "/capture/start?user=postgres").statusCode())
                    .isEqualTo(202);
            assertThat(post(http, agent, "/capture/start").statusCode()).isEqualTo(409);
            client.query("select 'within'");
            other.query("select 'not wanted'");
            client.send(Frontend.query("select pg_sleep(3600)"));
            await().atMost(SOON)
                    .until(() -> "1"
                            .equals(server.query(
                                    "select count(*) from pg_stat_activity where wait_event = 'PgSleep'")));
            try (PgWire cancels = agent.connect()) {
                cancels.send(Frontend.cancelRequest(client.pid(), client.cancelKey()));
                cancels.readToEnd();
            }
            client.readUntilReady();
            assertThat(post(http, agent, "/capture/stop").body()).contains("\"running\" : false");
            client.query("select 'behind'");
        }

        List<CaptureRecord> records = captured();
        assertThat(only(records, SessionOpen.class))
                .extracting(SessionOpen::origin)
                .containsExactly(Origin.FOUND_OPEN);
        SessionState state = only(records, SessionState.class).getFirst();
        assertThat(state.transaction().code()).isEqualTo('T');
        assertThat(state.statements()).contains(new Statement("p", "select $1 + 1", List.of(23)));
        assertThat(state.settings()).contains(new CaptureRecord.Setting("TimeZone", "Asia/Tokyo"));
        assertThat(types(records, Direction.FRONTEND)).isEqualTo("QQ");
        assertThat(only(records, Cancel.class)).hasSize(1);
        assertThat(only(records, Response.class)).extracting(Response::sqlState).containsExactly("", "57014");
        assertThat(only(records, SessionEnd.class))
                .extracting(SessionEnd::cause)
                .containsExactly("capture-stopped");
    }

    @Test
    void aFullDirectoryEndsTheCaptureAndNoSession() throws Exception {
        // Given
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .admin()
                        .capture(new CaptureConfig(
                                dir,
                                true,
                                false,
                                false,
                                null,
                                CaptureConfig.FILE_BYTES,
                                1 << 20,
                                CaptureConfig.QUEUE_BYTES,
                                Duration.ofMillis(20),
                                CaptureConfig.Sessions.ALL))
                        .start();
                PgWire client = agent.login()) {
            String noise = "select string_agg(md5(random()::text), '') from generate_series(1, 20000)";

            // When
            await().atMost(SOON).until(() -> {
                client.query(noise);
                return get(agent, "/capture").contains("\"full\" : true");
            });

            // Then
            assertThat(get(agent, "/capture")).contains("\"running\" : false");
            String metrics = get(agent, "/metrics");
            assertThat(metrics)
                    .contains("pgweir_capture_full_total 1", "pgweir_capture_running 0", "pgweir_capture_sessions 0")
                    .containsPattern("pgweir_capture_messages_total [1-9]")
                    .containsPattern("pgweir_capture_bytes_total [1-9]")
                    .containsPattern("pgweir_capture_files_bytes_total [1-9]")
                    .contains("pgweir_capture_dropped_total{reason=\"queue-full\"} 0");
            HttpResponse<String> refused = post(agent, "/capture/start");
            assertThat(refused.statusCode()).isEqualTo(500);
            assertThat(refused.body()).contains("bytes of captures (expected: fewer than 1048576)");
            assertThat(client.query("select 'still here'")).isNotEmpty();
        }
        assertThat(only(captured(), Message.class)).isNotEmpty();
    }

    private static String get(RunningAgent agent, String path) throws Exception {
        int port = Objects.requireNonNull(agent.agent().adminAddress()).getPort();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void garbageIsTheServersToRefuseAndIsKept() throws IOException {
        try (RunningAgent agent = agent()) {
            try (PgWire client =
                    PgWire.login("127.0.0.1", agent.port(), Map.of("user", "app", "database", "postgres"), "hunter2")) {
                for (byte[] body : List.of(new byte[0], new byte[] {'x'}, new byte[] {'x', 0, 'y'})) {
                    client.send(Frontend.message('P', body), Frontend.sync());
                    assertThat(client.readUntilReady().getFirst().field('C')).isEqualTo("08P01");
                }
                client.send(Frontend.message('Q', new byte[0]));
                assertThat(client.readUntilReady().getFirst().field('C')).isEqualTo("08P01");
                client.send(Frontend.terminate());
                client.readToEnd();
            }
        }

        assertThat(types(captured(), Direction.FRONTEND)).isEqualTo("PSPSPSQX");
    }

    static HttpResponse<String> post(RunningAgent agent, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return post(client, agent, path);
        }
    }

    private static HttpResponse<String> post(HttpClient client, RunningAgent agent, String path) throws Exception {
        int port = Objects.requireNonNull(agent.agent().adminAddress()).getPort();
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
