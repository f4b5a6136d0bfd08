package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/fingerprint.md is the definition. */
class FingerprintTest {

    private static SqlStatement statement(String text) {
        return SqlScript.of(text, LexicalRules.DEFAULT).statements().getFirst();
    }

    private static String fingerprint(String text) {
        return statement(text).fingerprint();
    }

    static Stream<String> goldenVectors() throws IOException {
        try (InputStream vectors = FingerprintTest.class.getResourceAsStream("fingerprints.txt")) {
            return new String(Objects.requireNonNull(vectors).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"));
        }
    }

    @ParameterizedTest
    @MethodSource("goldenVectors")
    void goldenVector(String line) {
        int blank = line.indexOf(' ');
        String text = line.substring(blank + 1).replace("\\n", "\n").replace("\\\\", "\\");
        assertThat(fingerprint(text)).isEqualTo(line.substring(0, blank));
    }

    @Test
    void whatDiffersInMoreThanValuesDiffers() {
        assertThat(Stream.of(
                                "select a",
                                "select \"a\"",
                                "select \"A\"",
                                "select a b",
                                "select ab",
                                "select a.b",
                                "select 1",
                                "select (1)",
                                "select a ? 1",
                                "select a 1",
                                "select - 1")
                        .map(FingerprintTest::fingerprint))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "SELECT  a /*c*/ FROM t --x         | SELECT a FROM t",
                "select 1, $3, 'x' where a = $2     | select $4, $3, $5 where a = $2",
                "select date'2020-01-01'            | select date $1",
                "select 'a'b, 1.e                   | select $1 b, $2",
                "select a<'x'                       | select a<$1",
                "select a/**/b                      | select a b",
                "select 'x                          | select $1",
                "select $99999999999, 1             | select $99999999999, $1",
            })
    void normalized(String text, String expected) {
        assertThat(statement(text).normalized()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "select  'it''s',  1 from t         | select  ?,  ? from t",
                "select E'a\\'' , x from secret --' from public_t | select ? , x from secret",
                "select $x$'$x$ , x from secret --' from public_t | select ? , x from secret",
                "select a/*1*//*2*/b, $1, B'01'     | select a b, $1, ?",
                "select a /*1*/ b, 4111abc          | select a  b, ?",
                "select 'never ends, 1              | select ?",
                "select $$never ends, 1             | select ?",
                "do $$ secret $$                    | do ?",
            })
    void redacted(String text, String expected) {
        assertThat(statement(text).redacted()).isEqualTo(expected);
    }
}
