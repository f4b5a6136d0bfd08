package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * PostgreSQL 18 is the judge of tokens and statements. Its answers to Parse, which runs nothing, tell:
 *
 * <ul>
 *   <li>a syntax error's position is a token's first character and its message quotes the token;
 *   <li>"cannot insert multiple commands" means that the text parses and holds more than one statement;
 *   <li>a split is the server's own if the whole text parses, every piece parses as one statement, and nothing but semicolons, blanks
 *       and comments lies between the pieces.
 * </ul>
 *
 * The SQL comes from the server's own share directory, and from the directory that {@code -Dpgweir.regress.sql} names where it does
 * (PostgreSQL's src/test/regress/sql; the conformance run has it).
 */
class SqlLexerIT {
    private static final String MULTIPLE = "cannot insert multiple commands into a prepared statement";
    private static final Pattern RAW_ERROR = Pattern.compile(
            "(syntax error|unterminated .*|trailing junk .*|zero-length delimited identifier) at or near \"(.*)\"",
            Pattern.DOTALL);
    private static final int RANDOM_TEXTS = 4_000;

    private static PgServer server;
    private static PgWire client;

    @BeforeAll
    static void start() {
        server = PgServer.builder().major(18).start();
        client = PgWire.login("127.0.0.1", server.port(), Map.of("user", "postgres"), null);
        client.query("set escape_string_warning = off");
        client.query("set backslash_quote = on");
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    /** Null where Parse succeeded. */
    private static @Nullable Reply parseError(String sql) {
        client.send(Frontend.parse("", sql), Frontend.sync());
        return client.readUntilReady().stream()
                .filter(reply -> reply.type() == 'E')
                .findFirst()
                .orElse(null);
    }

    private static String parse(String sql) {
        Reply error = parseError(sql);
        return error == null ? "" : error.field('M');
    }

    private static boolean isRawError(String message) {
        return RAW_ERROR.matcher(message).matches() || message.startsWith("syntax error at end of input");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void syntaxErrorsStandWhereATokenBegins(boolean standardConformingStrings) {
        // Given
        client.query("set standard_conforming_strings = " + standardConformingStrings);
        LexicalRules rules = new LexicalRules(standardConformingStrings);
        Random random = new Random(42);
        int judged = 0;

        for (int i = 0; i < RANDOM_TEXTS; i++) {
            String text = "select " + randomText(random);

            // When
            Reply error = parseError(text);

            // Then
            if (error != null && RAW_ERROR.matcher(error.field('M')).matches()) {
                assertTokenAt(text, rules, error);
                judged++;
            } else if (error == null || error.field('M').equals(MULTIPLE)) {
                assertSplit(text, rules, error != null);
            }
        }
        client.query("set standard_conforming_strings = on");
        assertThat(judged).isGreaterThan(RANDOM_TEXTS / 4);
    }

    private static void assertTokenAt(String text, LexicalRules rules, Reply error) {
        int position = Integer.parseInt(error.field('P')) - 1;
        var message = RAW_ERROR.matcher(error.field('M'));
        assertThat(message.matches()).isTrue();
        SqlLexer lexer = new SqlLexer(text, rules);
        while (lexer.start() < position && lexer.nextOrComment() != TokenKind.END) {}
        assertThat(lexer.start()).as("%s%n%s", text, error).isEqualTo(position);
        if (message.group(1).equals("syntax error")) {
            assertThat(text.substring(lexer.start(), lexer.end())).as(text).isEqualTo(message.group(2));
        } else {
            assertThat(text.substring(lexer.start())).as(text).startsWith(message.group(2));
        }
    }

    private static void assertSplit(String text, LexicalRules rules, boolean multiple) {
        List<SqlStatement> statements = SqlScript.of(text, rules).statements();
        assertThat(statements.size() > 1).as(text).isEqualTo(multiple);
        for (SqlStatement statement : statements) {
            String answer = parse(statement.text());
            assertThat(answer).as("%s%n%s", statement.text(), text).isNotEqualTo(MULTIPLE);
            assertThat(isRawError(answer))
                    .as("%s: %s", answer, statement.text())
                    .isFalse();
        }
    }

    private static String randomText(Random random) {
        List<String> pieces = List.of(
                "'", "'", "'a'", "''", "E'", "e'\\''", "U&'x'", "\"", "\"q\"", "$$", "$a$", "$b$", "$1", "\\", "\\'",
                "--", "--x\n", "\n", "\n", "/*", "*/", "/**/", "+", "-", "*", "/", "@", "<", ">", "=", "!", "~", "|",
                "a", "b1", "_c", "é", "1", "2.", ".5", "1e", "1e5", "0x1f", "0b", "1_0", "_", "..", ":", "::", ":=",
                ",", ",", ";", ";", "(", ")", "[", "]", "as", "select", " ", " ", " ", "x'", "b'0'", "\t", "\r", "\f",
                "#", "%", "^", "&", "?", "`");
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            text.append(pieces.get(random.nextInt(pieces.size())));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void valuesAreReadAsTheServerReadsThem(boolean standardConformingStrings) {
        client.query("set standard_conforming_strings = " + standardConformingStrings);
        LexicalRules rules = new LexicalRules(standardConformingStrings);
        Random random = new Random(7);
        List<String> prefixes = List.of("'", "E'", "e'", "U&'", "N'", "$$", "$t$", "$é1$");
        List<String> pieces = List.of(
                "a",
                "é",
                "\\\\",
                "''",
                "\\n",
                "\\x41",
                "\\x4",
                "\\101",
                "\\u0041",
                "\\U00000041",
                "'\n'",
                "' --x'\n '",
                "$",
                "$t",
                "--",
                "/*",
                "\"",
                ";");
        int read = 0;
        for (int i = 0; i < 1_500; i++) {
            String prefix = prefixes.get(random.nextInt(prefixes.size()));
            StringBuilder literal = new StringBuilder(prefix);
            for (int n = random.nextInt(6); n > 0; n--) {
                literal.append(pieces.get(random.nextInt(pieces.size())));
            }
            literal.append(prefix.startsWith("$") ? prefix : "'");
            Reply row = firstRow("select " + literal + " collate \"C\"");
            if (row != null) {
                SqlLexer lexer = new SqlLexer(literal.toString(), rules);
                TokenKind kind = lexer.next();
                assertThat(lexer.end()).as("%s", literal).isEqualTo(literal.length());
                assertThat(Literals.value(lexer, kind, rules)).as("%s", literal).isEqualTo(onlyValue(row));
                read++;
            }
        }
        client.query("set standard_conforming_strings = on");
        assertThat(read).isGreaterThan(700);
    }

    private static @Nullable Reply firstRow(String sql) {
        client.send(Frontend.query(sql));
        return client.readUntilReady().stream()
                .filter(reply -> reply.type() == 'D')
                .findFirst()
                .orElse(null);
    }

    /** DataRow: columns in 2 bytes, the value's length in 4, the value. */
    private static String onlyValue(Reply row) {
        return new String(row.body(), 6, row.body().length - 6, StandardCharsets.UTF_8);
    }

    @Test
    void theEverydayStatementsAreSql() throws IOException {
        for (String row : StatementClassifierTest.everydayStatements().toList()) {
            String sql = row.substring(0, row.lastIndexOf('|', row.lastIndexOf('|', row.lastIndexOf('|') - 1) - 1));
            boolean nonsense = sql.startsWith("selec ") || sql.startsWith("'x'") || sql.startsWith("explain explain");
            assertThat(isRawError(parse(sql))).as(sql).isEqualTo(nonsense);
        }
    }

    @Test
    void atomicBodiesAndLabelsSplitAsTheServerSplits() {
        String body =
                "create function f%d(a int) returns int begin atomic select case when a > 0 then 1 end; select 1 end; "
                        + "select 2 as end; select 3 as \"begin\", 4 as atomic; return 3; end";
        assertSplit(body.formatted(1), LexicalRules.DEFAULT, false);
        assertSplit(body.formatted(1) + "; " + body.formatted(2) + "; select 1", LexicalRules.DEFAULT, true);
        assertSplit("create procedure p() begin atomic end; begin; end", LexicalRules.DEFAULT, true);
        assertSplit("create rule r as on insert to t do (select 1; select 2;); select 1", LexicalRules.DEFAULT, true);
        assertSplit(
                "create function g() returns int begin atomic create function h() returns int begin atomic select 1; end; select begin atomic; end; select 1",
                LexicalRules.DEFAULT,
                true);
        assertSplit("; ;select 1;; -- ;\n", LexicalRules.DEFAULT, false);
    }

    @Test
    void scriptsSplitAsTheServerSplitsThem() throws IOException {
        int whole = 0;
        int statements = 0;
        for (Path file : scripts()) {
            String text = withoutPsql(Files.readString(file, StandardCharsets.ISO_8859_1));
            List<SqlStatement> split = SqlScript.of(text, LexicalRules.DEFAULT).statements();
            String answerToAll = parse(text);
            // The grammar has errors in words of its own, too: only this one says that it has read all of the text.
            boolean parses = split.size() > 1 ? answerToAll.equals(MULTIPLE) : !isRawError(answerToAll);
            whole += parses ? 1 : 0;
            statements += split.size();
            for (SqlStatement statement : split) {
                String answer = parse(statement.text());
                assertThat(answer).as("%s: %s", file, statement.text()).isNotEqualTo(MULTIPLE);
                assertThat(parses && isRawError(answer))
                        .as("%s: %s", file, statement.text())
                        .isFalse();
            }
        }
        assertThat(whole).isGreaterThan(50);
        assertThat(statements).isGreaterThan(3_000);
    }

    private static List<Path> scripts() throws IOException {
        List<Path> files = new ArrayList<>();
        addScripts(
                Path.of(String.valueOf(server.query("select setting from pg_config where name = 'SHAREDIR'"))), files);
        String regress = System.getProperty("pgweir.regress.sql");
        if (regress != null) {
            addScripts(Path.of(regress), files);
        }
        return files;
    }

    private static void addScripts(Path directory, List<Path> files) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            found.filter(file -> file.toString().endsWith(".sql")).sorted().forEach(files::add);
        }
    }

    /** Without psql's own lines and the data behind COPY FROM STDIN, and with a name for an extension's schema. */
    private static String withoutPsql(String script) {
        StringBuilder sql = new StringBuilder(script.length());
        boolean data = false;
        for (String line : script.split("\n", -1)) {
            if (data || line.startsWith("\\")) {
                data &= !line.startsWith("\\.");
            } else {
                sql.append(line).append('\n');
                data = line.matches("(?i)copy .* from stdin.*;\\s*");
            }
        }
        return sql.toString().replaceAll("@extschema(:\\w+)?@", "public");
    }
}
