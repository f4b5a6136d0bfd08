package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesCommandTest {
    private static final String RULES = """
            version: 1
            rules:
              - id: no-secret
                why: nobody reads secrets through this path
                mode: enforce
                match: {relations: {read: secret}, user: {not: admin}}
                do: [{block: {message: "ask #data"}}]
                tests:
                  - {sql: select * from secret, user: bob, expect: block}
                  - {sql: select * from secret, user: admin, expect: none}
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void checkSaysHowManyRulesThereAre() throws IOException {
        // When
        int code = execute("rules", "check", file(RULES));

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).isEqualTo("ok: 1 rule (0 off, 0 shadow, 1 enforce)\n");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void checkNamesEveryFault() throws IOException {
        // Given
        String file = file(RULES.replace("enforce", "enforced").replace("read:", "reads:"));

        // When
        int code = execute("rules", "check", file);

        // Then
        assertThat(code).isEqualTo(78);
        assertThat(err.toString())
                .contains(
                        file
                                + ":5:11: rules[0]: mode: \"enforced\" (expected: off, shadow, enforce), did you mean `enforce`?")
                .contains(file + ":6:25: rules[0].match.relations: unknown key `reads`")
                .contains("2 faults");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void checkWarnsOfARuleWithoutTests() throws IOException {
        // Given
        String file = file(RULES.substring(0, RULES.indexOf("    tests:")));

        // Then
        assertThat(execute("rules", "check", file)).isZero();
        assertThat(err.toString()).isEqualTo("warning: " + file + ":3: rule no-secret has no tests\n");
        assertThat(execute("rules", "check", "--strict", file)).isEqualTo(78);
    }

    @Test
    void testRunsWhatTheFilesCarry() throws IOException {
        // Given
        Path xml = directory.resolve("rules.xml");

        // When
        int code = execute("rules", "test", "--junit", xml.toString(), file(RULES));

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).isEqualTo("2 tests, 0 failed\n");
        assertThat(Files.readString(xml)).contains("tests=\"2\" failures=\"0\"", "classname=\"no-secret\"");
    }

    @Test
    void aTestThatFailsIsTold() throws IOException {
        // Given
        String file = file(RULES.replace("user: admin, expect: none", "user: admin, expect: block"));
        Path xml = directory.resolve("rules.xml");

        // When
        int code = execute("rules", "test", "--junit", xml.toString(), file);

        // Then
        assertThat(code).isEqualTo(1);
        assertThat(out.toString())
                .isEqualTo("FAILED " + file + ":10: no-secret, test 2: none (expected: block)\n2 tests, 1 failed\n");
        assertThat(Files.readString(xml)).contains("<failure message=\"none (expected: block)\"");
    }

    @Test
    void explainShowsFactsAnswersAndVerdict() throws IOException {
        // When
        int code = execute("rules", "explain", "--sql", "select a from public.secret", "--user", "bob", file(RULES));

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains("statement 1 of 1: select a from public.secret")
                .contains("reads       public.secret")
                .contains("match    no-secret (enforce, medium): block")
                .contains("yes      relations.read: public.secret")
                .contains("yes      user: bob")
                .contains("verdict: block by no-secret")
                .doesNotContain("\u001b");
    }

    @Test
    void withoutFilesThePacksAreMeant() {
        // Then
        assertThat(execute("rules", "check")).isZero();
        assertThat(out.toString()).contains(" 0 enforce)");
        assertThat(execute("rules", "check", "--pack", "noice")).isEqualTo(78);
        assertThat(err.toString()).contains("did you mean `noise`?");
    }

    @Test
    void noAttackGetsPastThePacksOrAnyName() {
        // When
        int code = execute("rules", "attack");

        // Then
        assertThat(out.toString()).matches("2[0-9]{2} attacks, [0-9]{3,} checks, 0 bypasses\n");
        assertThat(code).isZero();
    }

    @Test
    void anAttackThatIsNotSeenIsTold() throws IOException {
        // Given
        Path corpus = Files.writeString(directory.resolve("corpus.yaml"), """
                version: 1
                attacks:
                  - {id: one, family: a, sql: select 1, reads: [secret]}
                  - {id: two, family: a, sql: select * from public.secret, reads: [public.secret]}
                """);

        // When
        int code = execute("rules", "attack", "--corpus", corpus.toString(), file(RULES));

        // Then
        assertThat(code).isEqualTo(1);
        assertThat(out.toString()).isEqualTo("""
                BYPASS one: reads secret, unseen by a rule on secret
                BYPASS one: reads secret, unseen by no-secret
                2 attacks, 4 checks, 2 bypasses
                """);
    }

    @Test
    void learnWritesAPackOfWhatWasSeen() throws IOException {
        // Given
        String record = Files.readString(Path.of(System.getProperty("pgweir.root", ".."))
                        .resolve("schemas/examples/native/statement.json"))
                .replaceAll("\\s*\\R\\s*", " ");
        Path trail = Files.writeString(
                directory.resolve("trail.ndjson"),
                record + "\n" + record + "\n" + record.replace("\"app\"", "\"o\\\"neil\"") + "\n"
                        + record.replace("\"success\"", "\"error\"").replace("psql", "never") + "\n");
        Path pack = directory.resolve("learned.yaml");

        // When
        int code = execute("rules", "learn", "--from", trail.toString(), "--to", pack.toString());

        // Then
        assertThat(code).isZero();
        assertThat(err.toString()).isEqualTo("learned 2 statements from 3 executions\n");
        assertThat(Files.readString(pack))
                .contains("- \"fp1:8cc4c13f614389ef6557730946fe3742\" # 2: UPDATE orders SET total = $1 WHERE id = $2")
                .contains("match: {user: \"app\", application: \"psql\", fingerprint: {not: [$learned-1]}}")
                .contains("user: \"o\\\"neil\"")
                .doesNotContain("never\"");
        assertThat(execute("rules", "check", "--strict", pack.toString())).isZero();
        assertThat(execute("rules", "test", pack.toString())).isZero();
    }

    @Test
    void learnFromNothingIsAFault() throws IOException {
        // Given
        Path empty = Files.writeString(directory.resolve("empty.ndjson"), "");

        // Then
        assertThat(execute("rules", "learn", "--from", empty.toString())).isEqualTo(65);
        assertThat(execute("rules", "learn", "--from", directory.resolve("none").toString()))
                .isEqualTo(66);
    }

    private String file(String text) throws IOException {
        return Files.writeString(directory.resolve("rules.yaml"), text).toString();
    }

    private int execute(String... args) {
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
