package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.MessageParts;
import io.pgweir.capture.Selection;
import io.pgweir.capture.pcap.PcapngExport;
import io.pgweir.config.CaptureConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.offline.packets.PacketImport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the tap of a running agent wrote is what an import makes of its packets. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CaptureRoundTripIT {
    @TempDir
    private Path dir;

    @Test
    void packetsOfACaptureBecomeTheSameCapture() throws IOException {
        // Given
        Path live = Files.createDirectory(dir.resolve("live"));
        try (PgServer server = PgServer.builder()
                        .hba("host all app 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust")
                        .start();
                RunningAgent agent = RunningAgent.builder(server.port())
                        .capture(CaptureConfig.into(live))
                        .start()) {
            server.query("create role app login password 'hunter2'");
            server.query("create table t(i int, s text)");
            server.query("grant all on t to app");
            talk(agent, "app");
            talk(agent, "app");
        }

        // When
        ByteArrayOutputStream packets = new ByteArrayOutputStream();
        PcapngExport export = new PcapngExport(packets, "test");
        List<CaptureRecord> captured = read(live, export);
        Path made = Files.createDirectory(dir.resolve("made"));
        PacketImport imports = new PacketImport(
                Set.of(5432),
                new PacketImport.Output(file -> made.resolve(file.fileName()), null, Long.MAX_VALUE, false, "test"));
        imports.read(new ByteArrayInputStream(packets.toByteArray()), CaptureReader.Progress.NONE);
        PacketImport.Summary summary = imports.finish();

        // Then
        assertThat(summary.sessions()).isEqualTo(2);
        assertThat(summary.gaps()).isZero();
        assertThat(facts(read(made, null))).isEqualTo(facts(captured));
    }

    private static void talk(RunningAgent agent, String user) throws IOException {
        try (PgWire client =
                PgWire.login("127.0.0.1", agent.port(), Map.of("user", user, "database", "postgres"), "hunter2")) {
            client.query("insert into t values (1, 'a'), (2, 'b'); select i from t order by i");
            client.send(
                    Frontend.parse("p", "select s from t where i = $1", 23),
                    Frontend.describeStatement("p"),
                    Frontend.bind("", "p", "2"),
                    Frontend.execute("", 1),
                    Frontend.execute("", 0),
                    Frontend.bind("", "p", "x"),
                    Frontend.execute("", 0),
                    Frontend.sync());
            client.readUntilReady();
            client.query("set application_name = 'other'");
            client.query("select repeat('long ', 100000) from generate_series(1, 3)");
            client.send(
                    Frontend.query("copy t from stdin"),
                    Frontend.copyData("3\t" + "c".repeat(400_000) + "\n"),
                    Frontend.copyData("4\td\n"),
                    Frontend.copyDone());
            client.readUntilReady();
            client.query("copy t to stdout");
            client.query("begin; select broken");
            client.query("");
            client.send(Frontend.terminate());
            client.readToEnd();
        }
    }

    private static List<CaptureRecord> read(Path from, @Nullable PcapngExport export) throws IOException {
        List<CaptureRecord> records = new ArrayList<>();
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.sorted().toList()) {
                try (CaptureReader reader = CaptureReader.open(file, List.of(), fault -> {
                    throw new AssertionError(fault.toString());
                })) {
                    CaptureHeader header = reader.header();
                    if (export != null) {
                        export.onFile(header);
                    }
                    CaptureReader.Records all = reader.records(Selection.ALL);
                    for (CaptureRecord record = all.next(); record != null; record = all.next()) {
                        records.add(record);
                        if (export != null) {
                            export.onRecord(record);
                        }
                    }
                }
            }
        }
        return records;
    }

    /** All that is said of each session, by its beginning: but for the server's port, which packets have as 5432. */
    private static Map<Long, List<String>> facts(List<CaptureRecord> records) {
        Map<Long, List<String>> facts = new TreeMap<>();
        Map<Long, Long> opened = new TreeMap<>();
        MessageParts parts = new MessageParts(4 << 20);
        for (CaptureRecord record : records) {
            if (record instanceof SessionOpen open) {
                opened.put(open.session(), open.nanos());
            }
            long at = record.nanos() - opened.getOrDefault(record.session(), 0L);
            String fact = switch (record) {
                case SessionOpen open ->
                    open.origin() + " " + open.user() + " " + open.database() + " " + open.parameters() + " "
                            + open.client();
                case Message part -> {
                    Message message = parts.join(part);
                    yield message == null
                            ? ""
                            : message.direction() + " " + (char) message.type() + " " + message.flags() + " "
                                    + message.request() + " " + HexFormat.of().formatHex(message.body());
                }
                case Response response ->
                    new Response(
                                    0,
                                    0,
                                    response.request(),
                                    response.rows(),
                                    response.bytes(),
                                    response.tag(),
                                    response.sqlState(),
                                    response.firstNanos(),
                                    response.totalNanos(),
                                    response.ordered(),
                                    response.unordered(),
                                    response.notices())
                            .toString();
                case SessionEnd end -> end.cause();
                default -> record.toString();
            };
            if (!fact.isEmpty()) {
                facts.computeIfAbsent(record.session(), _ -> new ArrayList<>()).add(at + " " + fact);
            }
        }
        return facts;
    }
}
