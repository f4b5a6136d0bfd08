package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSchema;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.RecordFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code schemas/examples}: a record of every type, and what the other forms make of it. */
class FormatsTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Path EXAMPLES = Path.of(System.getProperty("pgweir.root"), "schemas", "examples");
    private static final List<RecordFormat> FORMATS =
            List.of(new OcsfFormat(), new EcsFormat(), new PrettyFormat(false));

    private static Stream<String> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES.resolve("native"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    private static String example(String form, String name) throws IOException {
        return MAPPER.readTree(Files.readString(EXAMPLES.resolve(form).resolve(name)))
                .toString();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsWhatTheFormatMakes(String name) throws IOException {
        // Given
        String record = example("native", name);
        // When
        JsonNode ocsf = AuditSchema.ocsf(record);
        JsonNode ecs = AuditSchema.ecs(record);
        // Then
        assertThat(AuditSchema.validated(record).get("type").asString() + ".json")
                .isEqualTo(name);
        assertThat(ocsf.toString()).isEqualTo(example("ocsf", name));
        assertThat(ecs.toString()).isEqualTo(example("ecs", name));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void nothingOfARecordIsLost(String name) throws IOException {
        // Given
        String record = example("native", name);
        Set<String> values = values(MAPPER.readTree(record));
        // When
        Set<String> ocsf = values(AuditSchema.ocsf(record));
        Set<String> ecs = values(AuditSchema.ecs(record));
        // Then
        assertThat(ocsf).containsAll(values);
        JsonNode duration = MAPPER.readTree(record).path("duration_us");
        if (!duration.isMissingNode()) {
            ecs.add(duration.toString());
            assertThat(ecs).contains(duration.asLong() * 1000 + "");
        }
        // TLS has its name and its number apart in ECS.
        if (ecs.contains("\"1.3\"")) {
            ecs.add("\"TLSv1.3\"");
        }
        assertThat(ecs).containsAll(values);
    }

    private static Set<String> values(JsonNode node) {
        Set<String> values = new TreeSet<>();
        collect(node, values);
        return values;
    }

    private static void collect(JsonNode node, Set<String> values) {
        if (node.isContainer()) {
            node.values().forEach(value -> collect(value, values));
        } else if (!node.isNull()) {
            values.add(node.toString());
            // A version number is a text to OCSF.
            if (node.isString() && node.asString().matches("\\d+")) {
                values.add(node.asString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "SELECT, READ, 4",
                "SELECT, WRITE, 5",
                "SELECT, DDL, 99",
                "INSERT, WRITE, 6",
                "UPDATE, WRITE, 2",
                "DELETE, WRITE, 7",
                "TRUNCATE TABLE, WRITE, 7",
                "MERGE, WRITE, 5",
                "CREATE TABLE, DDL, 99",
                "GRANT, ROLE, 99",
                "SET, MISC_SET, 99",
                "-, -, 0",
                "'', MISC, 99",
            })
    void activitiesOfOcsfFollowTheCommand(String command, String statementClass, int activity) {
        // Given
        JsonNode record = MAPPER.createObjectNode().put("command", command).put("class", statementClass);
        // When
        OcsfClass is = OcsfClass.of("statement", new Members(JsonTree.read(bytes(record.toString()))));
        // Then
        assertThat(is.typeUid()).isEqualTo(600500 + activity);
        assertThat(is.activityName()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit.unheard_of", "statement.unheard_of"})
    void aTypeOfALaterVersionPasses(String type) {
        // Given
        String record = """
                {"version":2,"id":"i","type":"TYPE","time":"2026-03-01T09:30:00.000001Z","agent":{"instance":"a","version":"2"},"news":[1.5,{"x":null}]}""".replace("TYPE", type);
        // When
        JsonNode ocsf = AuditSchema.ocsf(record);
        JsonNode ecs = AuditSchema.ecs(record);
        // Then
        assertThat(ocsf.get("class_uid").asInt()).isZero();
        assertThat(ocsf.at("/unmapped/pgweir/news")).isEqualTo(ecs.at("/pgweir/news"));
        assertThat(ocsf.at("/unmapped/pgweir/news").toString()).isEqualTo("[1.5,{\"x\":null}]");
        assertThat(AuditSchema.formatted(new PrettyFormat(false), record)).contains(type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | no JSON object",
                "[1] | no JSON object",
                "{\"type\":\"cancel\" | audit record: ",
                "{\"type\":\"cancel\"}{} | more than one JSON object",
                "{\"type\":\"a\",\"type\":\"b\"} | Duplicate",
                "{} | type is missing",
                "{\"type\":7} | type: a number (expected: a string)",
                "{\"type\":\"statement.intent\",\"time\":\"2026-03-01T09:30:00.000001Z\",\"id\":\"i\",\"sql\":true} | true or false (expected: an object)",
                "{\"type\":\"statement\",\"outcome\":\"success\",\"id\":\"i\"} | time is missing",
            })
    void aLineThatIsNoRecordIsRefusedWhole(String line, String expected) {
        for (RecordFormat format : FORMATS) {
            // Given
            RecordBuffer to = new RecordBuffer(16);
            to.write('x');
            // When
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> format.append(new AuditRecord(bytes(line)), to))
                    .withMessageContaining(expected);
            // Then
            assertThat(to.toString(StandardCharsets.UTF_8)).isEqualTo("x");
        }
    }

    @Property(tries = 500)
    void garbageIsRefusedOrBecomesJson(@ForAll byte[] garbage, @ForAll int at) throws IOException {
        // Given
        byte[] record = bytes(example("native", "statement.json"));
        System.arraycopy(
                garbage,
                0,
                record,
                Math.floorMod(at, record.length),
                Math.min(garbage.length, record.length - Math.floorMod(at, record.length)));
        for (RecordFormat format : FORMATS) {
            RecordBuffer to = new RecordBuffer(16);
            // When
            try {
                format.append(new AuditRecord(record), to);
            } catch (IllegalArgumentException refused) {
                // Then
                assertThat(to.size()).isZero();
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
