package io.pgweir.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.LiteralReplacer;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisguiseTest {
    private static final byte[] KEY = new byte[32];

    private final Disguise disguise = new Disguise(KEY);

    private String replaced(String sql) {
        return replaced(sql, disguise);
    }

    private static String replaced(String sql, Disguise disguise) {
        return LiteralReplacer.replace(sql, LexicalRules.DEFAULT, new LiteralReplacer.Values() {
            @Override
            public String text(String value) {
                return disguise.text(value, UTF_8);
            }

            @Override
            public String digits(String value, int radix) {
                return disguise.digits(value, radix);
            }
        });
    }

    private static List<String> fingerprints(String sql) {
        return SqlScript.of(sql, LexicalRules.DEFAULT).statements().stream()
                .map(SqlStatement::fingerprint)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 'confidential' from t where a = 8812345 and b in (1.5e10, .25, 1_000_000)",
                "select E'confid\\'ential\\n', N'confidential', U&'\\0061confidential' from \"confidence\"",
                "select 'it''s confidential' 'x', $$confidential $a$ $b$ $$, $a$confidential $b$ $$ $a$ from t",
                "select X'DEADBEEF', B'0110', 0xDEADBEEF, 0o777, 0b1010 where $1 = 5::confide.y",
                "insert into t values ('confidential'\n -- it's confidential\n 'and more'), ('é 漢 confidential')",
                "/* confidential /* nested */ */ select 1 -- confidential",
                "select 1; create role x password 'confidential'; select 12from t",
                "do $f$ begin perform 'confidential'; end $f$",
            })
    void valuesAreReplacedAndNothingElse(String sql) {
        String other = replaced(sql);

        assertThat(other).doesNotContainIgnoringCase("confidential").doesNotContainIgnoringCase("deadbeef");
        assertThat(other.getBytes(UTF_8)).hasSameSizeAs(sql.getBytes(UTF_8));
        assertThat(fingerprints(other)).isEqualTo(fingerprints(sql));
        assertThat(other.replaceAll("[A-Za-z0-9_$]", "x"))
                .isEqualTo(sql.replace("é", "xx").replace("漢", "xxx").replaceAll("[A-Za-z0-9_$]", "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 'confidential",
                "select 'a\\'confidential\\'', 'b'",
                "select 1 \\ confidential",
                "select \"a' confidential",
                "select $a$ confidential $b$",
                "select 1 /* confidential",
            })
    void ofATextThatTheServerRefusesNothingIsKept(String sql) {
        String other = replaced(sql);

        assertThat(other)
                .doesNotContain("confidential")
                .doesNotContain("select")
                .hasSameSizeAs(sql);
    }

    @Test
    void equalValuesStandForEqualOnesWhereverTheyAre() {
        byte[] parameter = "Alice Müller 42".getBytes(UTF_8);
        disguise.text(parameter, 0, parameter.length);
        String other = new String(parameter, UTF_8);

        assertThat(replaced("select 'Alice Müller 42', $$Alice Müller 42$$"))
                .isEqualTo("select '" + other + "', $$" + other + "$$");
        assertThat(other).matches("[A-Z][a-z]{4} [A-Z][a-z]{6} [0-9]{2}");
        assertThat(replaced("select 815, '815'")).matches("select ([1-9][0-9]{2}), '\\1'");
        assertThat(new Disguise(Disguise.newKey()).text("Alice Müller 42", UTF_8))
                .isNotEqualTo(other);
    }

    @Test
    void rowsOfCopyKeepTheirFieldsAndNulls() {
        byte[] row = "Alice\t815\t\\N\tAlice\tC:\\New\n\\N\n".getBytes(UTF_8);
        disguise.words(row, 0, row.length);

        assertThat(new String(row, UTF_8))
                .matches("([A-Z][a-z]{4})\t[1-9][0-9]{2}\t\\\\N\t\\1\t[A-Z]:\\\\[A-Z][a-z]{2}\n\\\\N\n")
                .doesNotContain("Alice", "New");
    }

    @Test
    void bytesBecomeOthersAndEqualOnesEqualOnes() {
        byte[] one = {0, 0, 0, 42, 0, 0, 0, 42, 0, 0, 0, 43};
        for (int at = 0; at < one.length; at += 4) {
            disguise.binary(one, at, at + 4);
        }

        assertThat(one).startsWith(Arrays.copyOfRange(one, 4, 8)).isNotEqualTo(new byte[12]);
        assertThat(Arrays.copyOfRange(one, 8, 12)).isNotEqualTo(Arrays.copyOf(one, 4));
        assertThat(disguise.checksum(5)).isEqualTo(disguise.checksum(5)).isNotEqualTo(disguise.checksum(6));
    }

    @Test
    void lengthsAreKeptInEveryEncoding() {
        for (String name : List.of("UTF-8", "ISO-8859-1", "windows-1252", "EUC-JP", "Shift_JIS", "GB18030", "Big5")) {
            Charset charset = Charset.forName(name);
            String value = new String("Ä 表能 ソ geheim".getBytes(charset), charset);
            assertThat(disguise.text(value, charset))
                    .as(name)
                    .hasSize(value.getBytes(charset).length)
                    .satisfies(text -> assertThat(
                                    StandardCharsets.US_ASCII.newEncoder().canEncode(text))
                            .isTrue());
        }
    }

    @Property(tries = 2000)
    void lengthAndFingerprintAreKept(@ForAll("texts") String sql) {
        String other = replaced(sql);

        assertThat(other.getBytes(UTF_8)).hasSameSizeAs(sql.getBytes(UTF_8));
        assertThat(replaced(sql)).isEqualTo(other);
        if (!other.equals(disguise.text(sql, UTF_8))) {
            assertThat(fingerprints(other)).isEqualTo(fingerprints(sql));
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> value =
                Arbitraries.strings().withChars("abcxyz019 _$\\é-\"/*").ofMaxLength(12);
        Arbitrary<String> piece = Arbitraries.oneOf(
                value.map(text -> "'" + text + "'"),
                value.map(text -> "E'" + text.replace("\\", "\\\\") + "'"),
                value.map(text -> "$t$" + text + "$t$"),
                Arbitraries.longs().between(0, Long.MAX_VALUE).map(String::valueOf),
                Arbitraries.doubles().between(0, 1e300).map(String::valueOf),
                Arbitraries.of(
                        "select", "from t", ",", "(", ")", "=", "\"N\"", "$1", "-- c 'x'\n", "/* 1 */", ";", "a.b"));
        return piece.list().ofMaxSize(12).map(pieces -> String.join(" ", pieces));
    }
}
