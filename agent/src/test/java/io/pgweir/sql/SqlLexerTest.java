package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.StringJoiner;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens are shown as kind's letter and text, one blank apart, an unterminated one with a !. */
class SqlLexerTest {

    private static String tokens(String text, boolean standardConformingStrings) {
        StringJoiner tokens = new StringJoiner(" ");
        SqlLexer lexer = new SqlLexer(text, new LexicalRules(standardConformingStrings));
        for (TokenKind kind = lexer.nextOrComment(); kind != TokenKind.END; kind = lexer.nextOrComment()) {
            tokens.add(letter(kind) + text.substring(lexer.start(), lexer.end()) + (lexer.isTerminated() ? "" : "!"));
        }
        return tokens.toString();
    }

    private static String letter(TokenKind kind) {
        return switch (kind) {
            case WORD -> "w:";
            case QUOTED_IDENTIFIER -> "q:";
            case UNICODE_IDENTIFIER -> "u:";
            case STRING -> "s:";
            case ESCAPE_STRING -> "e:";
            case UNICODE_STRING -> "us:";
            case BIT_STRING -> "b:";
            case DOLLAR_STRING -> "d:";
            case NUMBER -> "n:";
            case PARAMETER -> "p:";
            case PUNCTUATION, OPERATOR -> "";
            case JUNK -> "junk:";
            case COMMENT -> "c:";
            case END -> "end";
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "'a''b'                ~ s:'a''b'",
                "'a\\'                 ~ s:'a\\'",
                "E'a\\'b'              ~ e:E'a\\'b'",
                "e'a\\\\'b             ~ e:e'a\\\\' w:b",
                "E 'a\\'               ~ w:E s:'a\\'",
                "N'a' U&'a' u&\"a\"    ~ s:N'a' us:U&'a' u:u&\"a\"",
                "U& 'a'                ~ w:U & s:'a'",
                "B'01' x'ff' b'0''1'   ~ b:B'01' b:x'ff' b:b'0' s:'1'",
                "be'a'                 ~ w:be s:'a'",
                "$$a$$ $t$a$$b$t$      ~ d:$$a$$ d:$t$a$$b$t$",
                "$a$ $b$a$ x           ~ d:$a$ $b$a$ w:x",
                "$é$x$é$               ~ d:$é$x$é$",
                "$1$ x $1$             ~ p:$1 junk:$ w:x p:$1 junk:$",
                "$a b$                 ~ junk:$ w:a w:b$",
                "a$b$ c                ~ w:a$b$ w:c",
                "a$$b$$                ~ w:a$$b$$",
                "$1 $12abc $1E'\\''    ~ p:$1 p:$12abc p:$1 e:E'\\''",
                "\"a\"\"b\" \"         ~ q:\"a\"\"b\" q:\"!",
                "1 1.5 1. .5 1e5 1.e-5 ~ n:1 n:1.5 n:1. n:.5 n:1e5 n:1.e-5",
                "1..10 1...5           ~ n:1 .. n:10 n:1 .. n:.5",
                "1_000 0x1F 0o17 0b01  ~ n:1_000 n:0x1F n:0o17 n:0b01",
                "0x_1f 1_ 0x 1e        ~ n:0x_1f n:1_ n:0x n:1e",
                "1abc 1E'\\'' 0xg      ~ n:1abc n:1 e:E'\\'' n:0xg",
                "a.5 a..b a::b a:=b    ~ w:a n:.5 w:a .. w:b w:a :: w:b w:a := w:b",
                "a=-1 a=- 1            ~ w:a = - n:1 w:a = - n:1",
                "a@-1 a<=>b a<-b a+-b  ~ w:a @- n:1 w:a <=> w:b w:a < - w:b w:a + - w:b",
                "@-@ *+- ?-            ~ @-@ * + - ?-",
                "a--b                  ~ w:a c:--b",
                "a+--b                 ~ w:a + c:--b",
                "a*/*b*/c              ~ w:a * c:/*b*/ w:c",
                "/*a/*b*/c*/d          ~ c:/*a/*b*/c*/ w:d",
                "/*/ */ x              ~ c:/*/ */ w:x",
                "/***/x/**/y           ~ c:/***/ w:x c:/**/ w:y",
                "/* /* */ x            ~ c:/* /* */ x!",
                "'abc                  ~ s:'abc!",
                "E'abc\\               ~ e:E'abc\\!",
                "$$abc$                ~ d:$$abc$!",
                "\\ { } é_ß            ~ junk:\\ junk:{ junk:} w:é_ß",
                "a;(b)[1:2],c          ~ w:a ; ( w:b ) [ n:1 : n:2 ] , w:c",
            })
    void tokensAsPostgresqlCutsThem(String text, String expected) {
        assertThat(tokens(text, true)).isEqualTo(expected);
    }

    @Test
    void aBackslashEscapesWithoutStandardConformingStrings() {
        assertThat(tokens("'a\\'b' B'\\' $$\\$$ n'\\''", false)).isEqualTo("s:'a\\'b' b:B'\\' d:$$\\$$ s:n'\\''");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'a'\n'b'", "'a' \r 'b'", "'a' -- c\n -- d\n\t'b'", "E'a'\n'\\''", "U&'a'\n'b'", "B'0'\n'1'"})
    void literalsContinueBehindALineEnd(String text) {
        SqlLexer lexer = new SqlLexer(text, LexicalRules.DEFAULT);
        assertThat(lexer.next().isLiteral()).isTrue();
        assertThat(lexer.end()).isEqualTo(text.length());
        assertThat(lexer.isTerminated()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"'a' 'b'", "'a' /*\n*/ 'b'", "'a'\nE'b'", "'a'\n/**/'b'", "'a' -- c", "$$a$$\n'b'"})
    void literalsDoNotContinueOtherwise(String text) {
        SqlLexer lexer = new SqlLexer(text, LexicalRules.DEFAULT);
        lexer.next();
        assertThat(lexer.end()).isLessThan(text.length());
    }

    @Test
    void aNoBreakSpaceIsALetter() {
        assertThat(tokens("a\u00a0b \ufeffselect\u000bx", true)).isEqualTo("w:a\u00a0b w:\ufeffselect w:x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+-",
                "(",
                "'",
                "$a",
                "/*",
                "/*\n",
                "1_",
                "$",
                "'\n",
                "((select 1)",
                "a.",
                "$a$",
                "-",
                "@-",
                "with a as ("
            })
    void tenMegabytesTakeLinearTime(String piece) {
        String text = piece.repeat(10_000_000 / piece.length());
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (SqlStatement statement :
                    SqlScript.of(text, LexicalRules.DEFAULT).statements()) {
                assertThat(statement.fingerprint()).startsWith("fp1:");
                assertThat(statement.redacted().length()).isLessThanOrEqualTo(2 * text.length());
                assertThat(statement.withoutSecrets()).isNotEmpty();
                assertThat(statement.tags()).isEmpty();
            }
        });
    }
}
