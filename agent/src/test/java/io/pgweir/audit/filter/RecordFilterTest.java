package io.pgweir.audit.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgweir.audit.AuditRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RecordFilterTest {
    private static final Path EXAMPLES = Path.of(System.getProperty("pgweir.root"), "schemas", "examples", "native");

    private static AuditRecord example(String type) throws IOException {
        return new AuditRecord(Files.readAllBytes(EXAMPLES.resolve(type + ".json")));
    }

    private static AuditRecord record(String json) {
        return new AuditRecord(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "class == \"WRITE\"",
                "class in [\"DDL\", 'WRITE'] && user == 'app'",
                "command.startsWith('UPD') && !(user == null)",
                "result.rows > 10000",
                "result.rows + 1 == 12346 && duration_us / 1000 == 3250",
                "sql.text.matches('(?i)update +orders\\\\b')",
                "parameters.exists(p, has(p.type) && p.type == 'int4')",
                "parameters.size() == 5",
                "tls.version == 'TLSv1.3' && 'app.example' in tls.names",
                "has(sql.tags) && sql.tags.application == 'cart'",
                "has(record.class) && record['class'] == 'WRITE'",
                "record.outcome == \"success\"",
                "gap.dropped > 0 || type == 'statement'",
                "timestamp(time) > timestamp('2026-03-01T09:30:00Z')",
                "type == 'statement'",
                "end.cause == 'x' || true",
                "true"
            })
    void acceptsWhatTheExpressionSays(String expression) throws Exception {
        assertThat(RecordFilter.of(expression).accepts(example("statement"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "class == 'DDL'",
                "gap.dropped == 0",
                "!(gap.dropped == 0)",
                "sql.txt == ''",
                "!(sql.txt == '')",
                "intent == ''",
                "sql.text > 5",
                "prepared.name == 'x'",
                "10 / (pipeline_position * 0) == 1",
                "sql.text.matches(sql.fingerprint + '(')",
                "has(record.gap)",
                "false"
            })
    void whatHasNoAnswerIsFalse(String expression) throws Exception {
        assertThat(RecordFilter.of(expression).accepts(example("statement"))).isFalse();
    }

    @Test
    void nullIsAValue() throws Exception {
        AuditRecord bare = record("{\"user\":null,\"tls\":null,\"cluster\":\"orders\"}");
        assertThat(RecordFilter.of("user == null").accepts(bare)).isTrue();
        assertThat(RecordFilter.of("user != 'app'").accepts(bare)).isTrue();
        assertThat(RecordFilter.of("record.tls == null").accepts(bare)).isTrue();
        assertThat(RecordFilter.of("tls.version == ''").accepts(bare)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "clas == 'DDL' | 1 | undeclared reference to 'clas'",
                "user == 'app' && clas == 'DDL' | 18 | undeclared reference to 'clas'",
                "class == 5 | 7 | no matching overload",
                "class == | 9 | mismatched input",
                "user | 1 | expected type 'bool'",
                "`` | 1 | mismatched input",
                "result.rows.nope() | 17 | undeclared reference to 'nope'",
                "class == 'DDL | 10 | token recognition error",
                "seq > '5' | 5 | no matching overload",
            })
    void aFaultIsToldWhereItIs(String expression, int column, String expected) {
        // When
        FilterException fault = catchThrowableOfType(FilterException.class, () -> RecordFilter.of(expression));
        // Then
        assertThat(fault).hasMessageContaining(expected);
        assertThat(fault.column()).isEqualTo(column);
    }

    @Test
    void everyMemberOfEveryTypeIsAVariableOfItsType() throws Exception {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            for (Path file : files.toList()) {
                AuditRecord example = new AuditRecord(Files.readAllBytes(file));
                for (var member : new JsonMapper().readTree(example.json()).properties()) {
                    if (member.getKey().equals("function")) {
                        continue; // CEL has reserved the word: record.function
                    }
                    assertThat(RecordFilter.of(member.getKey() + " == " + literal(member.getValue()))
                                    .accepts(example))
                            .as(file + ": " + member)
                            .isTrue();
                }
            }
        }
        assertThat(RecordFilter.of("record.function.oid == 957").accepts(example("function_call")))
                .isTrue();
    }

    private static String literal(JsonNode value) {
        return value.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void nestingAndLengthAreBounded(int kind) {
        // Given
        String expression = kind == 1
                ? "(".repeat(5000) + "true" + ")".repeat(5000)
                : IntStream.range(0, 20_000).mapToObj(i -> "true").collect(Collectors.joining(" && "));
        // When, Then
        assertThatExceptionOfType(FilterException.class).isThrownBy(() -> RecordFilter.of(expression));
    }

    @Test
    @Timeout(20)
    void workIsBounded() throws Exception {
        // Given
        String many = IntStream.range(0, 200).mapToObj(i -> "{}").collect(Collectors.joining(",", "[", "]"));
        AuditRecord large = record("{\"id\":\"i\",\"type\":\"t\",\"parameters\":" + many + "}");
        RecordFilter cubic =
                RecordFilter.of("parameters.all(a, parameters.all(b, parameters.all(c, a == b && b == c)))");
        // When, Then
        assertThatIllegalStateException()
                .isThrownBy(() -> cubic.accepts(large))
                .withMessageContaining("more than 100000 iterations for record i");
    }

    @Test
    @Timeout(20)
    void regularExpressionsTakeLinearTime() throws Exception {
        // Given
        AuditRecord evil = record("{\"command\":\"" + "a".repeat(50_000) + "!\"}");
        // When, Then
        assertThat(RecordFilter.of("command.matches('^(a+)+$')").accepts(evil)).isFalse();
    }

    @Test
    void whatIsNoRecordIsRefused() throws Exception {
        RecordFilter any = RecordFilter.of("true");
        assertThatIllegalArgumentException().isThrownBy(() -> any.accepts(record("[]")));
    }

    @Property(tries = 300)
    void garbageIsAFaultAndNothingElse(@ForAll String garbage) {
        try {
            assertThat(RecordFilter.of(garbage)).isNotNull();
        } catch (FilterException fault) {
            assertThat(fault.column()).isPositive();
            assertThat(fault.getMessage()).isNotEmpty();
        }
    }
}
