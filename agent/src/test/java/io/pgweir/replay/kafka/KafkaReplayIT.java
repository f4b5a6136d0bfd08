package io.pgweir.replay.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.kafka.KafkaBroker;
import io.pgweir.capture.CaptureFileWriter;
import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.Selection;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.Reply;
import io.pgweir.replay.Logins;
import io.pgweir.replay.Options;
import io.pgweir.replay.Replay;
import io.pgweir.replay.Target;
import io.pgweir.replay.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that several workers share over a real broker, run on a server that counts what it is asked. */
@Timeout(120)
class KafkaReplayIT {
    private static final int SESSIONS = 40;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final byte[] ANSWER =
            Frontend.concat(Frontend.message('C', "SELECT 1\0".getBytes(UTF_8)), Frontend.message('Z', (byte) 'I'));

    private static KafkaBroker broker;

    @TempDir
    private Path dir;

    /** How often each statement was asked. */
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();

    @BeforeAll
    static void startBroker() throws Exception {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.end();
    }

    private FakeServer server() {
        return FakeServer.playing(client -> {
            if (client.readStartup().length == Integer.BYTES) {
                client.send(new byte[] {'N'});
                client.readStartup();
            }
            client.send(FakeServer.WELCOME);
            for (Reply said = client.read(); said != null; said = client.read()) {
                asked.merge(new String(said.body(), UTF_8).strip(), 1, Integer::sum);
                client.send(ANSWER);
            }
        });
    }

    private static String sql(long session, int number) {
        return "select " + session + " /* " + number + " */";
    }

    /** Sessions that each ask two statements, {@code millis} apart. */
    private Path capture(long millis) throws IOException {
        CaptureHeader header = new CaptureHeader(
                "agent-1",
                new UUID(1, millis),
                0,
                Instant.parse("2026-11-21T10:20:30Z"),
                List.of(),
                CaptureHeader.Options.ALL,
                "",
                "0.1.0");
        List<CaptureRecord> records = new ArrayList<>();
        Leg leg = new Leg("", "");
        for (int session = 1; session <= SESSIONS; session++) {
            records.add(new SessionOpen(
                    session,
                    session,
                    new UUID(7, session),
                    Origin.BEGAN,
                    "alice",
                    "shop",
                    "",
                    196608,
                    List.of(),
                    leg,
                    leg));
            for (int number = 1; number <= 2; number++) {
                long nanos = session + TimeUnit.MILLISECONDS.toNanos(millis) * (number - 1);
                byte[] body = (sql(session, number) + "\0").getBytes(UTF_8);
                records.add(new Message(session, nanos, Direction.FRONTEND, (byte) 'Q', 0, number, body.length, body));
                records.add(new Response(session, nanos, number, 0, 0, "SELECT 1", "", 1_000, 1_000, 0, 0, 0));
            }
            records.add(new SessionEnd(session, session + TimeUnit.MILLISECONDS.toNanos(millis), "terminate"));
        }
        records.sort(Comparator.comparingLong(CaptureRecord::nanos));
        Path file = dir.resolve("x.pgcap");
        try (CaptureFileWriter writer = CaptureFileWriter.create(file, header, null)) {
            for (CaptureRecord record : records) {
                writer.append(record);
            }
        }
        return file;
    }

    private static void publish(ReplayTopic topic, Path file) throws Exception {
        try (Publisher publisher = new Publisher(topic, 4, open -> true);
                CaptureReader reader = CaptureReader.open(file, List.of(), fault -> {
                    throw new AssertionError(fault.toString());
                })) {
            publisher.publish(reader.records(Selection.ALL), CaptureReader.Progress.NONE);
            assertThat(publisher.finish(reader.header())).isEqualTo(SESSIONS);
        }
    }

    private static long work(ReplayTopic topic, String name, int port) throws Exception {
        Target target = new Target(
                new HostPort("127.0.0.1", port),
                new Logins(Map.of(), new Logins.Login(null, null)),
                null,
                ServerTlsConfig.DEFAULT,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60));
        try (Worker worker = new Worker(topic, name, 2, null);
                Replay replay = new Replay(target, Options.at(1))) {
            Worker.Share share = worker.claim();
            Duration wait = Duration.between(Instant.now(), share.start());
            assertThat(wait).isPositive();
            replay.beginAt(System.nanoTime() + wait.toNanos(), share.firstNanos());
            try (PartitionRecords records = worker.records()) {
                replay.run(records);
            }
            Report.Run run = new Report.Run("1", share.capture(), share.captured(), share.start(), "db:1", 1);
            worker.report(new Report(run, List.of(), 0, replay.finish()));
            return share.sessions();
        }
    }

    @Test
    void twoWorkersRunEverySessionOnce() throws Exception {
        // Given
        ReplayTopic topic = new ReplayTopic(List.of(broker.servers()), "whole", Map.of());
        Path file = capture(500);
        publish(topic, file);
        try (FakeServer server = server()) {

            // When
            List<CompletableFuture<Long>> workers = new ArrayList<>();
            for (String name : List.of("one", "two")) {
                workers.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return work(topic, name, server.port());
                    } catch (Exception fault) {
                        throw new CompletionException(fault);
                    }
                }));
            }
            long one = workers.getFirst().get(60, TimeUnit.SECONDS);
            long two = workers.getLast().get(60, TimeUnit.SECONDS);

            // Then
            assertThat(one).isPositive();
            assertThat(two).isPositive();
            assertThat(one + two).isEqualTo(SESSIONS);
        }
        assertThat(asked)
                .hasSize(2 * SESSIONS)
                .allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
        Report report = Fold.of(topic, "1");
        assertThat(report.partial()).isEmpty();
        assertThat(report.summary().sessions()).isEqualTo(SESSIONS);
        assertThat(report.summary().answers()).isEqualTo(2 * SESSIONS);
        assertThat(report.summary().differences()).isEmpty();
        assertThat(report.summary().failures()).isEmpty();
        assertThat(report.summary().replayed().getTotalCount()).isEqualTo(2 * SESSIONS);
        assertThatThrownBy(() -> publish(topic, file)).hasMessageContaining("it holds records already");
    }

    @Test
    void whatAKilledWorkerTookIsIncompleteAndNeverRunTwice() throws Exception {
        // Given
        ReplayTopic topic = new ReplayTopic(List.of(broker.servers()), "killed", Map.of());
        publish(topic, capture(4_000));
        Path config = Files.writeString(dir.resolve("kafka.properties"), "client.id=test\n");
        List<Process> workers = new ArrayList<>();
        try (FakeServer server = server()) {
            for (int i = 0; i < 2; i++) {
                workers.add(worker(i, server.port(), config));
            }
            await().atMost(SOON).until(() -> asked.size() >= SESSIONS);

            // When
            workers.getFirst().destroyForcibly().waitFor();

            // Then
            assertThat(workers.getLast().waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(workers.getLast().exitValue())
                    .as(Files.readString(dir.resolve("log1")))
                    .isZero();
        } finally {
            for (Process each : workers) {
                each.destroyForcibly().waitFor();
            }
        }
        Matcher share = Pattern.compile("(\\d+) sessions from ").matcher(Files.readString(dir.resolve("log0")));
        assertThat(share.find()).isTrue();
        long lost = Long.parseLong(share.group(1));
        assertThat(lost).isBetween(1L, SESSIONS - 1L);
        assertThat(asked)
                .hasSize(2 * SESSIONS - (int) lost)
                .allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
        Report report = Fold.of(topic, "1");
        assertThat(report.summary().sessions()).isEqualTo(SESSIONS);
        assertThat(report.summary().sessionsFailed()).isEqualTo(lost);
        assertThat(report.summary().answers()).isEqualTo(2 * (SESSIONS - lost));
        assertThat(report.partial()).allMatch(why -> why.contains("sessions are incomplete, as worker "));
        assertThat(report.summary().failures()).hasSize((int) lost);
    }

    private Process worker(int number, int port, Path config) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.pgweir.cli.Main",
                        "replay",
                        "--kafka=" + broker.servers(),
                        "--topic=killed",
                        "--kafka-config=" + config,
                        "--worker",
                        "--workers=2",
                        "--to=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log" + number).toFile())
                .start();
    }
}
