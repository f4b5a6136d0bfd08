package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SqlPropertiesTest {
    private static final List<String> PIECES = List.of(
            "select",
            "From",
            "x",
            "\"Q\"",
            "'MARK'",
            "E'MARK\\''",
            "U&'MARK'",
            "$$MARK$$",
            "$t$MARK$t$",
            "N'MARK'",
            "b'MARK'",
            "42",
            "1.5e3",
            "$1",
            "$3",
            "(",
            ")",
            ",",
            ";",
            ".",
            "::",
            "=",
            "@-",
            "+-",
            "--c\n",
            "/*c*/",
            "/*",
            "*/",
            "'",
            "\"",
            "$",
            "\\",
            "begin",
            "atomic",
            "end",
            "create",
            "function",
            "password",
            "copy",
            "to",
            "stdin",
            "(format",
            "csv",
            "prepare",
            "as",
            "é",
            "connection",
            "1e",
            "E",
            "U&",
            "/*a='b'*/",
            "with",
            "insert",
            "set",
            "token",
            "explain",
            "analyze");

    @Provide
    Arbitrary<String> sql() {
        return Arbitraries.of(PIECES)
                .list()
                .ofMaxSize(30)
                .flatMap(pieces -> Arbitraries.of("", " ", "\n", " \n ").map(glue -> String.join(glue, pieces)));
    }

    @Provide
    Arbitrary<LexicalRules> rules() {
        return Arbitraries.of(true, false).map(LexicalRules::new);
    }

    @Property
    void tokensTileTheTextButForBlanks(@ForAll("sql") String text, @ForAll("rules") LexicalRules rules) {
        SqlLexer lexer = new SqlLexer(text, rules);
        int at = 0;
        for (TokenKind kind = lexer.nextOrComment(); kind != TokenKind.END; kind = lexer.nextOrComment()) {
            assertThat(text.substring(at, lexer.start())).matches("[ \\n]*");
            assertThat(lexer.end()).isGreaterThan(lexer.start());
            at = lexer.end();
        }
        assertThat(text.substring(at)).isBlank();
    }

    @Property
    void statementsStandInOrderAndHoldEveryToken(@ForAll("sql") String text, @ForAll("rules") LexicalRules rules) {
        int at = 0;
        for (SqlStatement statement : SqlScript.of(text, rules).statements()) {
            assertThat(statement.start()).isGreaterThanOrEqualTo(at);
            assertThat(statement.text()).isEqualTo(text.substring(statement.start(), statement.end()));
            SqlLexer between = new SqlLexer(text, rules, at, statement.start());
            while (between.next() != TokenKind.END) {
                assertThat(between.symbol()).isEqualTo(';');
            }
            at = statement.end();
        }
    }

    @Property
    void theNormalizedTextHasTheSameFingerprint(@ForAll("sql") String text, @ForAll("rules") LexicalRules rules) {
        for (SqlStatement statement : SqlScript.of(text, rules).statements()) {
            String normalized = statement.normalized();
            assertThat(Fingerprint.of(normalized, rules, 0, normalized.length()))
                    .as(normalized)
                    .isEqualTo(statement.fingerprint());
        }
    }

    @Property
    void redactedTextHoldsNoLiteral(@ForAll("sql") String text, @ForAll("rules") LexicalRules rules) {
        for (SqlStatement statement : SqlScript.of(text, rules).statements()) {
            SqlLexer lexer = new SqlLexer(text, rules, statement.start(), statement.end());
            boolean marked = false;
            for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
                marked |= !kind.isLiteral()
                        && text.substring(lexer.start(), lexer.end()).contains("MARK");
            }
            assertThat(marked || !statement.redacted().contains("MARK")).isTrue();
        }
    }

    @Property
    void blanksCommentsCaseAndValuesDoNotCount(
            @ForAll("rules") LexicalRules rules, @ForAll("blank") String blank, @ForAll("value") String value) {
        String plain = "select a , \"B\" from t where c = 1 and d in ( 2 , 3 )";
        String changed = plain.replace("select", "SELECT")
                .replace(" ", blank)
                .replaceAll("\\b[123]\\b", java.util.regex.Matcher.quoteReplacement(value));
        assertThat(Fingerprint.of(changed, rules, 0, changed.length()))
                .isEqualTo(Fingerprint.of(plain, rules, 0, plain.length()));
    }

    @Provide
    Arbitrary<String> blank() {
        return Arbitraries.of(" ", "\n", "\t\f", "/*x*/", " /*/*;*/'*/ ", "--'\n", "--\r");
    }

    @Provide
    Arbitrary<String> value() {
        return Arbitraries.of("'x'", "E'\\''", "$$;--$$", "$7", "0.5", "U&'\\0061'", "x'ff'", "'a'\n'b'");
    }

    @Property
    void anyTextTerminatesAndNothingThrows(@ForAll String text, @ForAll("rules") LexicalRules rules) {
        exercise(text, rules);
    }

    @Property
    void anySqlTerminatesAndNothingThrows(@ForAll("sql") String text, @ForAll("rules") LexicalRules rules) {
        exercise(text, rules);
    }

    private static void exercise(String text, LexicalRules rules) {
        for (SqlStatement statement : SqlScript.of(text, rules).statements()) {
            assertThat(statement.command()).isNotNull();
            assertThat(statement.fingerprint()).hasSize(36);
            assertThat(statement.redacted()).isNotNull();
            assertThat(statement.normalized()).isNotNull();
            assertThat(statement.withoutSecrets()).isNotNull();
            assertThat(statement.tags()).hasSizeLessThanOrEqualTo(32);
            assertThat(statement.copy() != null).isEqualTo(statement.kind() == StatementKind.COPY);
            assertThat(statement.mentions("\u0000nobody")).isFalse();
        }
    }
}
