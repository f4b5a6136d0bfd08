package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.capture.CapturePaths;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.Selection;
import io.pgweir.config.CaptureConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values that go through an agent are in no redacted capture. */
@Timeout(60)
class RedactedCaptureIT {
    /** In every value that is sent or answered. */
    private static final String SECRET = "Quetzalcoatl";

    private static PgServer server;

    @TempDir
    private Path dir;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder().hba("host all all 127.0.0.1/32 trust").start();
        server.query("create table t(i int, s text unique)");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private List<CaptureRecord> captured() throws IOException {
        List<CaptureRecord> records = new ArrayList<>();
        for (Path file : CapturePaths.files(List.of(dir))) {
            try (CaptureReader reader = CaptureReader.open(file, List.of(), fault -> {
                throw new AssertionError(fault.toString());
            })) {
                assertThat(reader.header().options().isRedacted()).isTrue();
                CaptureReader.Records all = reader.records(Selection.ALL);
                for (CaptureRecord record = all.next(); record != null; record = all.next()) {
                    records.add(record);
                }
            }
        }
        return records;
    }

    private static String texts(List<CaptureRecord> records) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (CaptureRecord record : records) {
            if (record instanceof Message message) {
                all.writeBytes(message.body());
            } else {
                all.writeBytes(record.toString().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    @Test
    void noValueThatWentThroughIsInTheFile() throws Exception {
        // Given
        CaptureConfig ondemand = new CaptureConfig(
                dir,
                false,
                false,
                true,
                null,
                CaptureConfig.FILE_BYTES,
                CaptureConfig.UNLIMITED,
                CaptureConfig.QUEUE_BYTES,
                CaptureConfig.SYNC_INTERVAL,
                CaptureConfig.Sessions.ALL);
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .messageBytes(16 << 10)
                        .admin()
                        .capture(ondemand)
                        .start();
                PgWire client = agent.login()) {
            client.send(Frontend.parse("before", "select '" + SECRET + "' || $1::text", 25), Frontend.sync());
            client.readUntilReady();
            client.query("set application_name to '" + SECRET + "'");
            assertThat(CaptureIT.post(agent, "/capture/start").statusCode()).isEqualTo(202);

            // When
            everything(client);
        }

        // Then
        List<CaptureRecord> records = captured();
        assertThat(texts(records))
                .doesNotContain(SECRET.toLowerCase(Locale.ROOT))
                .contains("insert into t");
        List<Message> messages = records.stream()
                .filter(Message.class::isInstance)
                .map(Message.class::cast)
                .toList();
        assertThat(messages).extracting(message -> (char) message.type()).doesNotContain('V');
        assertThat(messages)
                .filteredOn(message -> message.direction() == CaptureRecord.Direction.BACKEND)
                .extracting(message -> (char) message.type())
                .doesNotContain('D', 'd');
        assertThat(records).filteredOn(SessionState.class::isInstance).isNotEmpty();
        List<Response> responses = records.stream()
                .filter(Response.class::isInstance)
                .map(Response.class::cast)
                .toList();
        List<Response> selected = responses.stream()
                .filter(response -> response.tag().equals("SELECT 1"))
                .toList();
        assertThat(selected.get(0).unordered()).isEqualTo(selected.get(1).unordered());
        assertThat(responses).extracting(Response::sqlState).contains("23505", "22P02");
    }

    @Test
    void whatIsBinaryIsReplacedAndGarbageIsTheServersToRefuse() throws Exception {
        // Given
        byte[] secret = SECRET.getBytes(StandardCharsets.US_ASCII);
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .capture(CaptureConfig.into(dir).redacted())
                        .start();
                PgWire client = agent.login()) {
            // When
            client.send(
                    Frontend.parse("", "select $1::bytea, $2::bytea, $3::bytea"),
                    Frontend.bind("", "", new int[] {1}, new byte[][] {secret, secret, null}, new int[] {1}),
                    Frontend.execute("", 0),
                    Frontend.sync());
            client.readUntilReady();
            client.send(
                    Frontend.query("copy t from stdin (format binary)"),
                    Frontend.copyData(secret),
                    Frontend.copyDone());
            client.readUntilReady();
            for (char type : new char[] {'P', 'B', 'F', 'C', 'D'}) {
                for (byte[] body : List.of(new byte[0], new byte[] {'x'}, new byte[] {'x', 0, 0, 0, 1, 0, 1, 1})) {
                    client.send(Frontend.message(type, body), Frontend.sync());
                    client.readUntilReady();
                }
            }
            client.send(Frontend.message('Q', new byte[0]));
            client.readUntilReady();
            assertThat(client.query("select 1")).isNotEmpty();
        }

        // Then
        List<CaptureRecord> records = captured();
        assertThat(texts(records)).doesNotContain(SECRET.toLowerCase(Locale.ROOT));
        byte[] bind = records.stream()
                .filter(record -> record instanceof Message message && message.type() == 'B')
                .map(record -> ((Message) record).body())
                .findFirst()
                .orElseThrow();
        // Two names, one format, three values.
        int first = 2 + 2 + 2 + 2 + 4;
        int second = first + secret.length + 4;
        assertThat(Arrays.copyOfRange(bind, first, first + secret.length))
                .isEqualTo(Arrays.copyOfRange(bind, second, second + secret.length));
        assertThat(Arrays.copyOfRange(bind, second + secret.length, second + secret.length + 4))
                .containsExactly(-1, -1, -1, -1);
    }

    /** Every message of a client that has values, and every answer; some are longer than the agent looks at. */
    private static void everything(PgWire client) {
        client.query("select 1, '" + SECRET + "'");
        client.query("select 1, '" + SECRET + "'");
        client.query("/* " + SECRET + " */ insert into t values (1, '" + SECRET + "'), (2, $$" + SECRET + "2$$)");
        client.query("insert into t values (1, '" + SECRET + "')");
        client.query("select '" + SECRET + "'::int");
        client.query("do $$ begin raise notice '%', '" + SECRET + "'; end $$");
        client.query("listen c; notify c, '" + SECRET + "'");
        client.query("set application_name to '" + SECRET + "x'");
        client.query("select '" + SECRET.repeat(4000) + "'");
        client.query("select '" + SECRET);
        client.send(
                Frontend.bind("", "before", SECRET),
                Frontend.execute("", 0),
                Frontend.parse("", "insert into t values ($1, $2)", 23, 25),
                Frontend.bind("", "", "815", SECRET + "3"),
                Frontend.execute("", 0),
                Frontend.bind("", "", null, SECRET.repeat(4000)),
                Frontend.execute("", 0),
                Frontend.sync());
        client.readUntilReady();
        client.send(
                Frontend.query("copy t from stdin"),
                Frontend.copyData("3\t" + SECRET + "4\n\\N\t" + SECRET + "5\n"),
                Frontend.copyDone());
        client.readUntilReady();
        client.send(Frontend.query("copy t from stdin"), Frontend.copyFail(SECRET));
        client.readUntilReady();
        client.query("copy t to stdout");
        client.query("select * from t");
        // upper(text)
        client.send(
                Frontend.functionCall(871, 0, new byte[][] {SECRET.getBytes(StandardCharsets.US_ASCII)}),
                Frontend.sync());
        client.readUntilReady();
    }
}
