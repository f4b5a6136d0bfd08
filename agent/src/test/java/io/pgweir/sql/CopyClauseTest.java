package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyClauseTest {

    private static CopyClause copy(String text) {
        return Objects.requireNonNull(
                SqlScript.of(text, LexicalRules.DEFAULT).statements().getFirst().copy());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "copy t from stdin                                         | FROM | STDIN   | TEXT   | false",
                "copy t from stdout                                        | FROM | STDIN   | TEXT   | false",
                "copy s.t (a, b) to stdin                                  | TO   | STDOUT  | TEXT   | false",
                "copy t to '/tmp/x' csv header                             | TO   | FILE    | CSV    | true",
                "copy t from program 'cat' with (format binary)            | FROM | PROGRAM | BINARY | false",
                "copy binary t to stdout                                   | TO   | STDOUT  | BINARY | false",
                "copy t to stdout binary                                   | TO   | STDOUT  | BINARY | false",
                "copy t to stdout with binary                              | TO   | STDOUT  | BINARY | false",
                "copy (select 1 from x) to stdout (format csv)             | TO   | STDOUT  | CSV    | false",
                "copy (insert into t values (1) returning a) to stdout csv | TO   | STDOUT  | CSV    | false",
                "copy t from stdin with (format 'csv', header match)       | FROM | STDIN   | CSV    | true",
                "copy t from stdin (header off, format csv)                | FROM | STDIN   | CSV    | false",
                "copy t from stdin (header 0, format csv)                  | FROM | STDIN   | CSV    | false",
                "copy t from stdin (header, format csv)                    | FROM | STDIN   | CSV    | true",
                "copy t from stdin (format csv, header)                    | FROM | STDIN   | CSV    | true",
                "copy t from stdin (FORMAT \"csv\", force_quote (header))  | FROM | STDIN   | CSV    | false",
                "copy t from stdin csv force not null a where csv = binary | FROM | STDIN   | CSV    | false",
                "copy \"from\".\"to\" to stdout csv force quote *          | TO   | STDOUT  | CSV    | false",
                "copy t from stdin with (                                  | FROM | STDIN   | TEXT   | false",
                "copy                                                      | FROM | FILE    | TEXT   | false",
            })
    void directionTargetAndFormat(
            String text,
            CopyClause.Direction direction,
            CopyClause.Target target,
            CopyClause.Format format,
            boolean header) {
        CopyClause clause = copy(text);
        assertThat(clause.direction()).isEqualTo(direction);
        assertThat(clause.target()).isEqualTo(target);
        assertThat(clause.format()).isEqualTo(format);
        assertThat(clause.header()).isEqualTo(header);
    }

    @Test
    void charactersAsWritten() {
        CopyClause listed = copy("copy t to stdout (format csv, delimiter E'\\t', quote $$'$$, escape '\\', null 'N')");
        assertThat(listed.delimiter()).isEqualTo('\t');
        assertThat(listed.quote()).isEqualTo('\'');
        assertThat(listed.escape()).isEqualTo('\\');
        assertThat(listed.nullString()).isEqualTo("N");

        CopyClause old = copy("copy t from stdin using delimiters ';' with null as 'x' csv quote as '''' escape '\"'");
        assertThat(old.delimiter()).isEqualTo(';');
        assertThat(old.quote()).isEqualTo('\'');
        assertThat(old.escape()).isEqualTo('"');
        assertThat(old.nullString()).isEqualTo("x");

        assertThat(copy("copy t to stdout encoding 'latin1' csv").encoding()).isEqualTo("latin1");
        assertThat(copy("copy t to stdout (encoding 'SJIS', header)").encoding())
                .isEqualTo("SJIS");
    }

    @Test
    void charactersByDefault() {
        CopyClause csv = copy("copy t to stdout csv quote '|'");
        assertThat(csv.delimiter()).isEqualTo(',');
        assertThat(csv.escape()).isEqualTo('|');
        assertThat(csv.nullString()).isEmpty();
        assertThat(copy("copy t to stdout").delimiter()).isEqualTo('\t');
        assertThat(copy("copy t to stdout").nullString()).isEqualTo("\\N");
        assertThat(copy("copy t to stdout").encoding()).isEmpty();
    }

    @Test
    void otherStatementsHaveNone() {
        assertThat(SqlScript.of("select 1", LexicalRules.DEFAULT)
                        .statements()
                        .getFirst()
                        .copy())
                .isNull();
    }
}
