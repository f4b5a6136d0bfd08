package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.AuditSchema;
import io.pgweir.audit.Origin;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.Sample;
import io.pgweir.audit.ServerFacts;
import io.pgweir.audit.TlsFacts;
import io.pgweir.audit.seal.Chain;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Content;
import io.pgweir.session.Parameters;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.value.PgType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class JsonEncoderTest {
    private static final Tokens TOKENS = Tokens.ofKey(new byte[32]);

    private static final long ID_HIGH = 0x0195512a1c007000L;
    private static final long ID_LOW = 0x80000000000000ffL;

    private static String line(JsonEncoder encoder, AuditEvent event) {
        RecordBuffer records = new RecordBuffer(256);
        encoder.encode(event, ID_HIGH, ID_LOW, new Chain("0195512a-1c00-7000-8000-0000000000c1"), records);
        return records.toString(StandardCharsets.UTF_8);
    }

    private static JsonNode record(Content content, AuditEvent event) {
        return AuditSchema.validated(line(new JsonEncoder(Sample.config(content), Sample.AGENT, TOKENS), event));
    }

    @ParameterizedTest
    @EnumSource(Content.class)
    void everyKindOfRecordIsOneLineAsTheSchemaSays(Content content) {
        JsonEncoder encoder = new JsonEncoder(Sample.config(content), Sample.AGENT, TOKENS);
        for (AuditEvent event : Sample.day()) {
            // When
            String line = line(encoder, event);
            // Then
            assertThat(line).startsWith("{\"version\":1,\"id\":").endsWith("}").doesNotContain("\n");
            assertThat(AuditSchema.validated(line).get("type").asString()).isEqualTo(event.type());
        }
    }

    @Test
    void onlyWhatIsDoubtfulSaysSo() {
        // Given
        List<JsonNode> records = Sample.day().stream()
                .map(event -> record(Content.REDACTED, event))
                .toList();
        // When
        List<JsonNode> doubtful =
                records.stream().filter(record -> record.has("doubtful")).toList();
        // Then
        assertThat(doubtful)
                .singleElement()
                .satisfies(
                        record -> assertThat(record.get("doubtful").asBoolean()).isTrue());
    }

    @Test
    void aReplicationSaysHowFarItCame() {
        // When
        JsonNode record = record(Content.REDACTED, Sample.day().get(13));
        // Then
        assertThat(record.get("copy")).isEqualTo(new JsonMapper().readTree("""
                {"direction": "both", "format": "text", "rows": 5, "bytes": 1234,
                 "wal": {"messages_from_server": 3, "messages_from_client": 2, "bytes": 1100,
                         "first_lsn": "16/28", "last_lsn": "16/B374D848"}}"""));
    }

    @Test
    void aStatementSaysWhoWhatWhereAndHowItEnded() {
        // When
        JsonNode record = record(Content.REDACTED, Sample.day().get(4));
        // Then
        assertThat(((ObjectNode) record).remove(List.of("prev", "hash")))
                .isEqualTo(new JsonMapper().readTree("""
                {"version": 1, "id": "0195512a-1c00-7000-8000-0000000000ff", "type": "statement",
                 "time": "2026-03-01T09:30:00.250000Z",
                 "agent": {"instance": "weir-1", "version": "0.1.0", "host": "db-host"},
                 "chain": "0195512a-1c00-7000-8000-0000000000c1", "seq": 1,
                 "session": "0195512a-1c00-7000-8000-0000000000a1", "session_seq": 4, "listener": "main", "cluster": "orders",
                 "user": "app", "database": "orders", "application": "psql",
                 "client": {"address": "192.0.2.7", "port": 50123},
                 "tls": {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "subject": "CN=app,O=Example",
                         "names": ["app.example", "app@example"]},
                 "server": {"address": "198.51.100.4", "port": 5432, "role": "primary", "pid": 4711},
                 "protocol": "extended", "step": "execute", "command": "UPDATE", "class": "WRITE",
                 "sql": {"text": "UPDATE orders SET total = $1 WHERE id = $2", "length": 42,
                         "hmac": "HMAC-OF-SQL", "hmac_of": "statement", "truncated": false, "fingerprint": "fp1:00"},
                 "statement_name": "S_1", "portal": "", "pipeline_position": 0,
                 "parameters": [{"type": "int4", "format": "binary", "length": 4, "hmac": "HMAC-OF-42"},
                                {"type": "text", "format": "text", "length": 5, "hmac": "HMAC-OF-HELLO"},
                                {"type": "text", "format": "text", "null": true}, {"type": "text", "format": "text"},
                                {"format": "text", "length": 3, "hmac": "HMAC-OF-ABC"}],
                 "result": {"rows": 12345, "bytes": 0, "fields": 1, "tag": "UPDATE 12345"}, "outcome": "success",
                 "time_first_row": "2026-03-01T09:30:00.251000Z", "time_end": "2026-03-01T09:30:03.500000Z",
                 "duration_us": 3250000, "server_us": 3249980, "own_us": 20,
                 "transaction": {"number": 1, "explicit": false, "status_before": "idle", "status_after": "idle",
                                 "outcome": "committed"}}
                """.replace(
                                "fp1:00",
                                Sample.sql("UPDATE orders SET total = $1 WHERE id = $2")
                                        .fingerprint())
                        .replace(
                                "HMAC-OF-SQL",
                                TOKENS.token(HexFormat.of()
                                        .parseHex("4f3f5b942a0c9aa4917c7dcebb6fa8cec27430fa070a3f35b21b90602909b3c6")))
                        .replace("HMAC-OF-42", TOKENS.token(Sample.bytes("42")))
                        .replace("HMAC-OF-HELLO", TOKENS.token(Sample.bytes("hello")))
                        .replace("HMAC-OF-ABC", TOKENS.token(Sample.bytes("abc")))));
    }

    @Test
    void fullRecordsHoldValuesAndTheServersWholeAnswer() {
        // Given
        ErrorFields error = Sample.error("22P02", "invalid input syntax for type integer: \"x\"");
        AuditEvent event = Sample.statement(
                1,
                Sample.extended(Sample.sql("SELECT $1"))
                        .parameters(Sample.parameters())
                        .error(error));
        // When
        JsonNode record = record(Content.FULL, event);
        // Then
        assertThat(record.at("/open/parameters/0/value").asString()).isEqualTo("42");
        assertThat(record.at("/open/parameters/1/value").asString()).isEqualTo("hello");
        assertThat(record.at("/open/parameters/2").isNull()).isTrue();
        assertThat(record.at("/open/parameters")).hasSize(5);
        assertThat(record.at("/result/message").asString()).isEqualTo(error.message());
        assertThat(record.at("/result/detail").asString()).isEqualTo("the detail");
        assertThat(record.at("/result/hint").asString()).isEqualTo("the hint");
        assertThat(record.at("/sql/normalized").asString()).isEqualTo("SELECT $1");
    }

    @Test
    void whatIsOpenIsCommittedToAndMayBeErased() {
        // Given
        JsonEncoder encoder = new JsonEncoder(Sample.config(Content.FULL), Sample.AGENT, TOKENS);
        AuditEvent event =
                Sample.statement(1, Sample.simple("SELECT 'a' FROM t").parameters(Sample.parameters()));
        for (int i = 0; i < 2; i++) {
            // When
            String line = line(encoder, event);
            // Then
            JsonNode record = AuditSchema.validated(line);
            assertThat(record.at("/sql/text").asString()).isEqualTo("SELECT ? FROM t");
            assertThat(record.at("/open/sql/text").asString()).isEqualTo("SELECT 'a' FROM t");
            assertThat(record.at("/sql/commitment").asString()).isEqualTo(commitment(record.at("/open/sql"), "text"));
            assertThat(record.at("/parameters/1/commitment").asString())
                    .isEqualTo(commitment(record.at("/open/parameters/1"), "value"));
            String hashed = line.substring(0, line.indexOf(",\"hash\":"));
            assertThat(record.get("hash").asString()).isEqualTo(Digests.sha256(Sample.bytes(hashed)));
            assertThat(hashed).doesNotContain("'a'", "hello");
        }
    }

    private static String commitment(JsonNode opening, String value) {
        byte[] salt = HexFormat.of().parseHex(opening.get("salt").asString());
        byte[] text = Sample.bytes(opening.get(value).asString());
        byte[] both = Arrays.copyOf(salt, salt.length + text.length);
        System.arraycopy(text, 0, both, salt.length, text.length);
        return Digests.sha256(both);
    }

    @Test
    void equalValuesHaveEqualTokensInEitherFormat() {
        // Given
        Parameters parameters = new Parameters(
                new int[] {PgType.INT4, PgType.INT4, PgType.TEXT, PgType.TEXT},
                new byte[] {1, 0, 0, 0},
                new int[] {4, 2, 2, 9},
                new byte[][] {{0, 0, 0, 42}, Sample.bytes("42"), Sample.bytes("43"), Sample.bytes("42")});
        // When
        JsonNode bound = record(
                        Content.REDACTED,
                        Sample.statement(
                                1, Sample.extended(Sample.sql("SELECT $1")).parameters(parameters)))
                .get("parameters");
        // Then
        assertThat(bound.get(0).get("hmac")).isEqualTo(bound.get(1).get("hmac"));
        assertThat(bound.get(2).get("hmac")).isNotEqualTo(bound.get(0).get("hmac"));
        assertThat(bound.get(3).has("hmac")).as("only a head is kept").isFalse();
    }

    @Test
    void commentTagsAreRead() {
        // Given
        String text =
                "SELECT 1 /*route='%2Fcart',traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'*/";
        // When
        JsonNode sql = record(Content.REDACTED, Sample.statement(1, Sample.simple(text)))
                .get("sql");
        // Then
        assertThat(sql.at("/tags/route").asString()).isEqualTo("/cart");
        assertThat(sql.get("traceparent").asString())
                .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    @Test
    void longTextIsCutBetweenCharactersAndSaysSo() {
        // Given
        AuditConfig config = new AuditConfig(Content.FULL, Content.FULL, 16, 100, 16, true, List.of());
        String text = "SELECT \"" + "ü".repeat(100) + "\"";
        // When
        JsonNode sql = AuditSchema.validated(
                        line(new JsonEncoder(config, Sample.AGENT, TOKENS), Sample.statement(1, Sample.simple(text))))
                .get("sql");
        // Then
        assertThat(sql.get("text").asString().getBytes(StandardCharsets.UTF_8).length)
                .isBetween(99, 100);
        assertThat(sql.get("text").asString()).doesNotContain("\uFFFD");
        assertThat(sql.get("truncated").asBoolean()).isTrue();
        assertThat(sql.get("length").asInt()).isEqualTo(209);
    }

    @Test
    void ofAQueryThatWasCutLengthAndHashAreTheQuerys() {
        // Given
        AuditEvent event = Sample.statement(1, Sample.simple("SELECT 1").cut(900_000_000, Sample.sha256()));
        // When
        JsonNode sql = record(Content.REDACTED, event).get("sql");
        // Then
        assertThat(sql.get("length").asLong()).isEqualTo(900_000_000);
        assertThat(sql.get("hmac").asString()).isEqualTo(TOKENS.token(Sample.sha256()));
        assertThat(sql.get("hmac_of").asString()).isEqualTo("query");
        assertThat(sql.get("truncated").asBoolean()).isTrue();
    }

    @Test
    void aMegabyteOfTextIsStillOneLine() {
        // Given
        AuditEvent event = Sample.statement(1, Sample.simple("SELECT \"" + "x\n\0".repeat(350_000) + "\""));
        AuditConfig config = new AuditConfig(Content.FULL, Content.FULL, 16, 2 << 20, 16, true, List.of());
        // When
        String line = line(new JsonEncoder(config, Sample.AGENT, TOKENS), event);
        // Then
        assertThat(line).doesNotContain("\n");
        assertThat(AuditSchema.validated(line).at("/sql/truncated").asBoolean()).isFalse();
    }

    @Test
    void afterAFaultTheNextRecordIsWhole() {
        // Given
        JsonEncoder encoder = new JsonEncoder(Sample.config(Content.REDACTED), Sample.AGENT, TOKENS);
        AuditEvent broken = Sample.statement(
                1, Sample.extended(null).parameters(new Parameters(new int[0], new byte[0], new int[] {1}, null)));
        Chain chain = new Chain("0195512a-1c00-7000-8000-0000000000c1");
        RecordBuffer records = new RecordBuffer(256);
        try {
            encoder.encode(broken, ID_HIGH, ID_LOW, chain, records);
        } catch (RuntimeException expected) {
            encoder.reset();
        }
        // When
        String line = line(encoder, Sample.day().getFirst());
        // Then
        assertThat(AuditSchema.validated(line).get("type").asString()).isEqualTo("audit.start");
        assertThat(records.size()).isZero();
        assertThat(chain.seq()).isEqualTo(1);
    }

    /** Whatever clients and servers call themselves, say or send, it is one valid line. */
    @Property(tries = 300)
    void anyFactsMakeOneValidLine(
            @ForAll("strings") String text,
            @ForAll("strings") String name,
            @ForAll("strings") String message,
            @ForAll byte[] value,
            @ForAll int type,
            @ForAll boolean binary,
            @ForAll long nanos,
            @ForAll Content content) {
        // Given
        Origin origin = new Origin(
                new UUID(ID_HIGH, ID_LOW),
                Sample.CLIENT,
                new TlsFacts(name, text, message, List.of(name)),
                new ServerFacts(name, 1, Integer.MIN_VALUE),
                null,
                name,
                text,
                text,
                message,
                StandardCharsets.UTF_8,
                Sample.BASE_MICROS,
                Sample.BASE_NANOS);
        byte format = (byte) (binary ? 1 : 0);
        Parameters parameters =
                new Parameters(new int[] {type}, new byte[] {format}, new int[] {value.length}, new byte[][] {value});
        SqlStatement statement = Sample.sql("SELECT 1 " + text);
        AuditEvent event = new AuditEvent.Statement(
                origin,
                1,
                Sample.extended(statement)
                        .names(name, text)
                        .parameters(parameters)
                        .error(new ErrorFields(name, text, message, message, name, 1, name, name, name, name, name))
                        .endNanos(nanos)
                        .build());
        // When
        String line = line(new JsonEncoder(Sample.config(content), Sample.AGENT, TOKENS), event);
        // Then
        assertThat(line).doesNotContain("\n");
        AuditSchema.validated(line);
    }

    @Provide
    Arbitrary<String> strings() {
        Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(40);
        Arbitrary<String> nasty =
                Arbitraries.of("\0", "\ud800", "\udc00x", "\n\r\u2028\u0085", "\"\\", "'\"$$--/*", "\ud83d\ude00", "");
        return Arbitraries.oneOf(any, nasty, any.flatMap(head -> nasty.map(tail -> head + tail)));
    }
}
