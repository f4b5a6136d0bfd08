package io.pgweir.offline.packets;

import static io.pgweir.testing.PacketTalk.int32;
import static io.pgweir.testing.PacketTalk.message;
import static io.pgweir.testing.PacketTalk.startup;
import static io.pgweir.testing.PacketTalk.text;
import static io.pgweir.testing.PacketTalk.together;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Cancel;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.MessageParts;
import io.pgweir.capture.Selection;
import io.pgweir.capture.pcap.PcapngExport;
import io.pgweir.testing.PacketFile;
import io.pgweir.testing.PacketTalk;
import io.pgweir.wire.TransactionStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PacketImportTest {
    private static final int PACKET_NANOS = 1_000_000;

    @TempDir
    Path dir;

    private final PacketFile file = PacketFile.pcap();
    private final PacketTalk talk = new PacketTalk(file, 40_000);

    @Test
    void aSessionIsThereWithItsMessagesTimesAndDigests() throws IOException {
        // Given
        talk.login("").query("select 1", "one").quit();

        // When
        PacketImport.Summary summary = imported();

        // Then
        List<CaptureRecord> records = records();
        SessionOpen open = (SessionOpen) records.getFirst();
        assertThat(open.user()).isEqualTo("alice");
        assertThat(open.database()).isEqualTo("shop");
        assertThat(open.origin()).isEqualTo(Origin.BEGAN);
        assertThat(open.client().address()).isEqualTo("10.0.0.1:40000");
        assertThat(open.server().address()).isEqualTo("10.0.0.2:5432");
        assertThat(types(records, Direction.FRONTEND)).isEqualTo("QX");
        assertThat(types(records, Direction.BACKEND)).isEqualTo("RSKZDCZ");
        Response response = only(records, Response.class).getFirst();
        assertThat(response.request()).isEqualTo(1);
        assertThat(response.rows()).isEqualTo(1);
        assertThat(response.tag()).isEqualTo("SELECT 1");
        assertThat(response.totalNanos()).isEqualTo(PACKET_NANOS);
        assertThat(((SessionEnd) records.getLast()).cause()).isEqualTo("client-terminated");
        assertThat(summary.sessions()).isEqualTo(1);
        assertThat(summary.messages()).isEqualTo(9);
        assertThat(summary.leftOut()).isEmpty();
    }

    @Test
    void noSecretEntersTheCapture() throws IOException {
        // Given
        talk.login("hunter2").query("alter role alice password 'hunter3'", "x").quit();

        // When
        imported();

        // Then
        for (CaptureRecord record : records()) {
            if (record instanceof Message message) {
                assertThat(new String(message.body(), ISO_8859_1)).doesNotContain("hunter");
                assertThat(message.type()).isNotEqualTo((byte) 'p');
            }
        }
        Message key = only(records(), Message.class).stream()
                .filter(each -> each.type() == 'K')
                .findFirst()
                .orElseThrow();
        assertThat(key.body()).isEqualTo(together(int32(4711), int32(0)));
    }

    @Test
    void aCancelRequestIsOfTheSessionThatItsKeyNames() throws IOException {
        // Given
        talk.login("").client(message('Q', text("select pg_sleep(10)")));
        new PacketTalk(file, 40_001)
                .connect()
                .client(together(int32(16), int32(80877102), int32(4711), int32(0x5ec4e7)));
        new PacketTalk(file, 40_002).connect().client(together(int32(16), int32(80877102), int32(4711), int32(0xbad)));
        talk.server(PacketTalk.answer("")).quit();

        // When
        PacketImport.Summary summary = imported();

        // Then
        assertThat(only(records(), Cancel.class)).extracting(Cancel::session).containsExactly(1L);
        assertThat(summary.cancels()).isEqualTo(2);
        assertThat(summary.sessions()).isEqualTo(1);
    }

    @Test
    void whatIsEncryptedOrNoPostgresIsLeftOutAndCounted() throws IOException {
        // Given
        byte[] sslRequest = together(int32(8), int32(80877103));
        byte[] gssRequest = together(int32(8), int32(80877104));
        byte[] hello = {0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5};
        new PacketTalk(file, 1)
                .connect()
                .client(sslRequest)
                .server("S".getBytes(UTF_8))
                .client(hello);
        new PacketTalk(file, 2)
                .connect()
                .client(gssRequest)
                .server("G".getBytes(UTF_8))
                .client(hello);
        new PacketTalk(file, 3).connect().client(hello);
        new PacketTalk(file, 4).client(hello).client(hello);
        new PacketTalk(file, 5).connect().client("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
        new PacketTalk(file, 6).connect().client(PacketFile.RST | PacketFile.ACK);
        new PacketTalk(file, 7).connect().client(startup("user", "x")).server(message('E', text("SFATAL")));
        new PacketTalk(file, 8)
                .connect()
                .client(sslRequest)
                .server("N".getBytes(UTF_8))
                .client(startup("user", "bob"))
                .server(message('R', int32(0)), message('Z', "I".getBytes(UTF_8)))
                .query("select 1", "1");

        // When
        PacketImport.Summary summary = imported();

        // Then
        assertThat(summary.leftOut())
                .isEqualTo(Map.of(LeftOut.ENCRYPTED, 4L, LeftOut.NOT_POSTGRESQL, 1L, LeftOut.SILENT, 1L));
        assertThat(only(records(), SessionOpen.class))
                .extracting(SessionOpen::user)
                .containsExactly("x", "bob");
    }

    @Test
    void aSessionWhoseBeginningWasNotSeenIsFoundOpenAtAQuietMoment() throws IOException {
        // Given
        talk.client(message('Q', text("begin")))
                .server(message('C', text("BEGIN")), message('Z', "T".getBytes(UTF_8)))
                .query("select 1", "1");

        // When
        PacketImport.Summary summary = imported();

        // Then
        List<CaptureRecord> records = records();
        assertThat(((SessionOpen) records.getFirst()).origin()).isEqualTo(Origin.FOUND_OPEN);
        assertThat(((SessionState) records.get(1)).transaction()).isEqualTo(TransactionStatus.IN_TRANSACTION);
        assertThat(types(records, Direction.FRONTEND)).isEqualTo("Q");
        assertThat(only(records, Response.class)).hasSize(1);
        assertThat(only(records, SessionEnd.class)).isEmpty();
        assertThat(summary.leftOut()).isEmpty();
    }

    @Test
    void whereBytesAreMissingTheSessionEndsAndAnotherOneGoesOn() throws IOException {
        // Given
        byte[] parse = together(message('P', text("s1"), text("select $1"), new byte[] {0, 0}), message('S'));
        talk.login("")
                .client(parse)
                .server(message('1'), message('Z', "I".getBytes(UTF_8)))
                .query("select 1", "1");
        talk.clientUnseen(message('Q', text("select 2")))
                .server(PacketTalk.answer("2"))
                .query("select 3", "3")
                .later(3_000_000_000L)
                .query("select 4", "4")
                .quit();

        // When
        PacketImport.Summary summary = imported();

        // Then
        List<CaptureRecord> records = records();
        List<SessionOpen> opened = only(records, SessionOpen.class);
        assertThat(opened).extracting(SessionOpen::origin).containsExactly(Origin.BEGAN, Origin.FOUND_OPEN);
        assertThat(opened).extracting(SessionOpen::user).containsExactly("alice", "alice");
        assertThat(only(records, Gap.class))
                .extracting(Gap::session, Gap::why, Gap::bytes)
                .containsExactly(tuple(1L, Gap.Why.NOT_SEEN, 14L));
        assertThat(only(records, SessionEnd.class))
                .extracting(SessionEnd::cause)
                .containsExactly("packets-missing", "client-terminated");
        SessionState state = only(records, SessionState.class).getFirst();
        assertThat(state.statements()).extracting(CaptureRecord.Statement::name).containsExactly("s1");
        assertThat(state.settings()).contains(new CaptureRecord.Setting("server_version", "17.2"));
        assertThat(texts(records)).containsExactly("select 1", "select 3", "select 4");
        assertThat(summary.gaps()).isEqualTo(1);
        assertThat(summary.missingBytes()).isEqualTo(14);
    }

    @Test
    void segmentsThatComeTwiceOrLateChangeNothing() throws IOException {
        // Given
        talk.login("");
        int at = talk.clientNext();
        byte[] query = message('Q', text("select 'a long one'"));
        byte[] head = Arrays.copyOf(query, 10);
        byte[] tail = Arrays.copyOfRange(query, 8, query.length);
        talk.clientUnseen(query).server(PacketTalk.answer("1"));
        talk.clientAt(at + 8, tail).clientAt(at, head).clientAt(at, query);
        talk.query("select 2", "2").quit();

        // When
        PacketImport.Summary summary = imported();

        // Then
        assertThat(texts(records())).containsExactly("select 'a long one'", "select 2");
        assertThat(only(records(), Response.class))
                .extracting(Response::request)
                .containsExactly(1L, 2L);
        assertThat(summary.gaps()).isZero();
    }

    @Test
    void whatIsExportedIsImportedAsItWas() throws IOException {
        // Given
        Random random = new Random(5);
        for (int i = 0; i < 20; i++) {
            PacketTalk one = new PacketTalk(file, 50_000 + i).login(random.nextBoolean() ? "" : "secret");
            for (int n = random.nextInt(8); n > 0; n--) {
                String value = "x".repeat(random.nextInt(4) == 0 ? random.nextInt(60_000) : random.nextInt(40));
                one.query("select " + n + " /*" + value + "*/", value);
            }
            one.quit();
        }
        imported();
        List<CaptureRecord> first = records();

        // When
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        PcapngExport export = new PcapngExport(exported, "test");
        try (CaptureReader reader = CaptureReader.open(onlyFile(), List.of(), _ -> {})) {
            export.onFile(reader.header());
        }
        for (CaptureRecord record : first) {
            export.onRecord(record);
        }
        Files.delete(onlyFile());
        imported(exported.toByteArray());

        // Then
        assertThat(joined(records()))
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
                .isEqualTo(joined(first));
        assertThat(only(first, SessionOpen.class)).hasSize(20);
    }

    /** Rows come in the pieces that packets have. */
    private static List<CaptureRecord> joined(List<CaptureRecord> records) {
        MessageParts parts = new MessageParts(1 << 20);
        List<CaptureRecord> joined = new ArrayList<>();
        for (CaptureRecord record : records) {
            CaptureRecord whole = record instanceof Message part ? parts.join(part) : record;
            if (whole != null) {
                joined.add(whole);
            }
        }
        return joined;
    }

    private Path onlyFile() throws IOException {
        try (var files = Files.list(dir)) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void noPacketOfAServerMakesNoCapture() throws IOException {
        // When
        PacketImport.Summary summary = imported();

        // Then
        assertThat(summary.sessions()).isZero();
        assertThat(dir).isEmptyDirectory();
    }

    private PacketImport.Summary imported() throws IOException {
        return imported(file.bytes());
    }

    private PacketImport.Summary imported(byte[] bytes) throws IOException {
        PacketImport packets = new PacketImport(
                Set.of(5432),
                new PacketImport.Output(header -> dir.resolve(header.fileName()), null, Long.MAX_VALUE, false, "test"));
        packets.read(new ByteArrayInputStream(bytes), CaptureReader.Progress.NONE);
        return packets.finish();
    }

    private List<CaptureRecord> records() throws IOException {
        List<CaptureRecord> records = new ArrayList<>();
        try (var files = Files.list(dir)) {
            for (Path each : files.sorted().toList()) {
                try (CaptureReader reader = CaptureReader.open(each, List.of(), fault -> {
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

    private static List<String> texts(List<CaptureRecord> records) {
        return only(records, Message.class).stream()
                .filter(each -> each.direction() == Direction.FRONTEND && each.type() == 'Q')
                .map(each -> new String(each.body(), 0, each.body().length - 1, UTF_8))
                .toList();
    }

    private static String types(List<CaptureRecord> records, Direction direction) {
        return only(records, Message.class).stream()
                .filter(each -> each.direction() == direction)
                .map(each -> String.valueOf((char) each.type()))
                .collect(Collectors.joining());
    }
}
