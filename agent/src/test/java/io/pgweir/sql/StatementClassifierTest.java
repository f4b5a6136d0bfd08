package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StatementClassifierTest {

    private static SqlStatement statement(String text) {
        return SqlScript.of(text, LexicalRules.DEFAULT).statements().getFirst();
    }

    static Stream<String> everydayStatements() throws IOException {
        try (InputStream table = StatementClassifierTest.class.getResourceAsStream("statements.txt")) {
            return new String(Objects.requireNonNull(table).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"));
        }
    }

    @ParameterizedTest
    @MethodSource("everydayStatements")
    void commandKindAndClass(String row) {
        String[] columns = row.split("\\s*\\|\\s*(?=[^|]*$|[^|]*\\|[^|]*$|[^|]*\\|[^|]*\\|[^|]*$)", -1);
        assertThat(columns).hasSize(4);
        SqlStatement statement = statement(columns[0]);
        assertThat(statement.command()).isEqualTo(columns[1]);
        assertThat(statement.kind()).isEqualTo(StatementKind.valueOf(columns[2]));
        assertThat(statement.statementClass()).isEqualTo(StatementClass.valueOf(columns[3]));
        assertThat(statement(columns[0].toUpperCase(Locale.ROOT)).command()).isEqualTo(columns[1]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "prepare Plan1 as select 1         | plan1       | select 1",
                "prepare \"Plan\"\"1\"(int) as select $1 | Plan\"1 | select $1",
                "prepare u&\"pl\\0061n\" as table t | plan       | table t",
                "prepare transaction as select 1   | transaction | select 1",
                "prepare p (numeric(1,2)) as /*x*/ with a as (select 1) table a | p | with a as (select 1) table a",
                "execute P(1)                      | p           |",
                "explain execute \"P\"             | P           |",
                "explain (analyze) execute p       | p           |",
                "create table t as execute p (1)   | p           |",
                "create temp table t (a, b) as execute p | p     |",
                "deallocate P                      | p           |",
                "deallocate prepare p              | p           |",
                "deallocate prepare                | prepare     |",
                "deallocate all                    |             |",
                "discard all                       |             |",
                "select 1                          |             |",
            })
    void preparedNameAndText(String text, @Nullable String name, @Nullable String preparedText) {
        assertThat(statement(text).preparedName()).isEqualTo(name);
        assertThat(statement(text).preparedText()).isEqualTo(preparedText);
    }

    @Test
    void namesAreCutAsTheServerCutsThem() {
        String name = "a".repeat(62) + "é";
        assertThat(statement("execute " + name).preparedName()).isEqualTo("a".repeat(62));
        assertThat(statement("execute " + "B".repeat(70)).preparedName()).isEqualTo("b".repeat(63));
    }

    @Test
    void identifiersAreMentionedAsTheServerFoldsThem() {
        SqlStatement statement = statement("select Email, \"Na\"\"me\" from users where 'city' = x -- street");
        assertThat(statement.mentions("email")).isTrue();
        assertThat(statement.mentions("Na\"me")).isTrue();
        assertThat(statement.mentions("Email")).isFalse();
        assertThat(statement.mentions("city")).isFalse();
        assertThat(statement.mentions("street")).isFalse();
    }

    @Test
    void depthCostsNoStack() {
        String deep = "(".repeat(100_000) + "select 1" + ")".repeat(100_000);
        assertThat(statement(deep).command()).isEqualTo("SELECT");
        assertThat(statement("with a as (select 1) (".repeat(50_000) + "delete from t")
                        .statementClass())
                .isEqualTo(StatementClass.WRITE);
        assertThat(statement("explain analyze ".repeat(50_000) + "delete from t")
                        .command())
                .isEqualTo("EXPLAIN");
    }
}
