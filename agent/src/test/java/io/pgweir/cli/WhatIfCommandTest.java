package io.pgweir.cli;

import static io.pgweir.testing.PacketTalk.message;
import static io.pgweir.testing.PacketTalk.text;
import static io.pgweir.testing.PacketTalk.together;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.testing.PacketFile;
import io.pgweir.testing.PacketTalk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WhatIfCommandTest {
    private static final String NEW = """
            version: 1
            defaults: {mode: enforce}
            rules:
              - id: no-delete
                why: alice deletes nothing
                match: {command: DELETE, user: alice}
                do: [{block: {sqlstate: "42501", message: "no"}}]
                tests: [{sql: "delete from t", user: alice, expect: block}]
              - id: mask-ssn
                why: nobody sees them
                at: result
                match: {relations: {read: [customers]}}
                do: [{mask: {columns: [customers.ssn], with: null}}]
                tests: [{sql: "select ssn from customers", expect: mask}]
              - id: cut
                why: big is big
                match: {relations: {read: [big]}}
                do: [{limit: {rows: 2}}]
                tests: [{sql: "select * from big", expect: limit}]
              - id: many-rows
                why: more than anybody needs
                at: result
                match: {relations: {read: [orders]}}
                when: result.rows > 2
                do: [block]
                tests: [{sql: "select * from orders", rows: 3, expect: block}]
              - id: told
                why: it would be told of
                mode: shadow
                match: {class: READ}
                do: [alert]
                tests: [{sql: "select 1", expect: alert}]
            """;

    private static final String OLD = """
            version: 1
            defaults: {mode: enforce}
            rules:
              - id: nobody-deletes
                why: nobody does
                match: {command: DELETE}
                do: [{block: {sqlstate: "42501", message: "no"}}]
                tests: [{sql: "delete from t", expect: block}]
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final PacketFile packets = PacketFile.pcap();

    @TempDir
    Path dir;

    private Path rules = Path.of("");
    private Path others = Path.of("");

    @BeforeEach
    void writeRules() throws IOException {
        rules = Files.writeString(dir.resolve("new.yaml"), NEW);
        others = Files.writeString(dir.resolve("old.yaml"), OLD);
    }

    /** Alice and bob, with simple and extended queries. */
    private void talk() {
        PacketTalk alice = new PacketTalk(packets, 40_000).login("");
        alice.query("select 1", "1").query("delete from t where i = 7", "");
        alice.client(together(
                message('P', text("s"), text("select ssn from customers where i = $1"), new byte[2]),
                message('B', text(""), text("s"), new byte[] {0, 0, 0, 1, 0, 0, 0, 1, '7', 0, 0}),
                message('E', text(""), new byte[4]),
                message('S')));
        alice.server(message('1'), message('2'), rows(1));
        rows(alice, "select * from big", 3);
        rows(alice, "select * from big", 2);
        rows(alice, "select * from orders", 2);
        rows(alice, "select * from orders", 3);
        alice.quit();
        new PacketTalk(packets, 40_001)
                .connect()
                .client(PacketTalk.startup("user", "bob"))
                .server(message('R', PacketTalk.int32(0)), message('Z', "I".getBytes(UTF_8)))
                .query("delete from t where i = 8", "")
                .quit();
    }

    private static void rows(PacketTalk talk, String sql, int count) {
        talk.client(message('Q', text(sql))).server(rows(count));
    }

    private static byte[] rows(int count) {
        byte[] row = message('D', new byte[] {0, 1, 0, 0, 0, 1, 'x'});
        byte[][] all = new byte[count + 2][];
        Arrays.fill(all, row);
        all[count] = message('C', text("SELECT " + count));
        all[count + 1] = message('Z', "I".getBytes(UTF_8));
        return together(all);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachStatementIsJudgedAsTheProxyWould(boolean frontendOnly) throws IOException {
        // Given
        talk();
        String capture = captured(frontendOnly);

        // When
        int code = execute("replay", capture, "--rules", rules.toString());

        // Then
        assertThat(code).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .contains("2 sessions, 8 statements: " + (frontendOnly ? 2 : 4)
                        + " would have gone otherwise than with no rules\n")
                .containsPattern("1  blocked by no-delete: alice, fp1:\\w+ delete from t where i = \\?\n")
                .containsPattern("1  masked by mask-ssn: alice, fp1:\\w+ select ssn from customers where i = \\$1\n")
                .containsPattern("6 +shadow +told +alert 6; #1 at 0\\.\\d+ s: alice select \\?\n")
                .doesNotContain("bob");
        if (frontendOnly) {
            assertThat(out.toString()).contains("8 statements whose rows the capture has not");
        } else {
            assertThat(out.toString())
                    .containsPattern("1  cut short by cut: alice, fp1:\\w+ select \\* from big\n")
                    .containsPattern("1  blocked by many-rows: alice, fp1:\\w+ select \\* from orders\n");
        }
    }

    @Test
    void otherRulesAreComparedStatementByStatement() throws IOException {
        // Given
        talk();
        String capture = captured(false);

        // When
        int code = execute("replay", capture, "--rules", rules.toString(), "--diff", others.toString(), "--json", "-");

        // Then
        assertThat(code).isEqualTo(ExitCode.FINDINGS);
        JsonNode json = new JsonMapper().readTree(out.toString());
        assertThat(json.at("/changed").asLong()).isEqualTo(4);
        List<String> changes = new ArrayList<>();
        json.at("/changes")
                .forEach(each -> changes.add(each.at("/user").asString() + " "
                        + each.at("/before/0/action").asString() + " "
                        + each.at("/now/0/action").asString()));
        assertThat(changes).containsExactlyInAnyOrder("alice  mask", "alice  limit", "alice  block", "bob block ");
        assertThat(execute("replay", capture, "--rules", rules.toString(), "--diff", rules.toString()))
                .isZero();
    }

    @Test
    void sessionsThatRulesEndAreOverWithAllThatFollows() throws IOException {
        // Given
        talk();
        Path refuse = Files.writeString(dir.resolve("refuse.yaml"), """
                version: 1
                defaults: {mode: enforce}
                rules:
                  - id: no-bob
                    why: bob is gone
                    at: session
                    match: {user: bob}
                    do: [block]
                    tests: [{user: bob, expect: block}]
                """);

        // When
        int code = execute("replay", captured(false), "--rules", refuse.toString(), "--diff", others.toString());

        // Then
        assertThat(code).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString())
                .contains("allowed -> blocked by no-bob: bob, a session")
                .containsPattern("blocked by nobody-deletes -> allowed: alice, fp1:\\w+ delete");
    }

    @Test
    void whatIsNotKnownIsCounted() throws IOException {
        // Given
        PacketTalk talk = new PacketTalk(packets, 40_000).login("");
        talk.query("alter role x password 'secret'", "");
        talk.client(together(
                message('B', text(""), text("gone"), new byte[6]), message('E', text(""), new byte[4]), message('S')));
        talk.server(message('2'), rows(1)).quit();

        // When
        execute("replay", captured(false), "--rules", rules.toString());

        // Then
        assertThat(out.toString())
                .contains("1 statements whose secrets were left out of the capture\n")
                .contains("1 requests whose statement is not known");
    }

    @Test
    void aWrongCommandLineIsSaid() throws IOException {
        // Given
        talk();
        String capture = captured(false);
        Path wrong = Files.writeString(dir.resolve("wrong.yaml"), "version: 1\nrulez: []\n");

        // Then
        assertThat(execute("replay", capture, "--to", "db:1", "--rules", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--to and --rules (expected: one of them)");
        assertThat(execute("replay", capture, "--diff", rules.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(execute("replay", capture, "--rules", wrong.toString())).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains(wrong + ":2:1: unknown key `rulez`");
        assertThat(execute("replay", capture, "--rules", "pack:noise")).isIn(ExitCode.OK, ExitCode.FINDINGS);
    }

    @Test
    void rulesAreLearntFromWhatSucceeded() throws IOException {
        // Given
        talk();
        Path pack = dir.resolve("learned.yaml");

        // When
        int code = execute("rules", "learn", "--from", captured(true), "--to", pack.toString());

        // Then
        assertThat(code).isZero();
        assertThat(err.toString()).isEqualTo("learned 6 statements from 8 executions\n");
        assertThat(Files.readString(pack))
                .contains("# 1: select ssn from customers where i = $1")
                .contains("match: {user: \"bob\"");
        assertThat(execute("rules", "test", pack.toString())).isZero();
        assertThat(execute("replay", captured(false), "--rules", pack.toString()))
                .isZero();
        assertThat(execute("rules", "learn", "--from", dir.resolve("none.pgcap").toString()))
                .isEqualTo(ExitCode.NO_INPUT);
    }

    /** The directory of a capture of all that was said. */
    private String captured(boolean frontendOnly) throws IOException {
        Path in = Files.write(dir.resolve("in.pcap"), packets.bytes());
        Path to = dir.resolve("capture" + frontendOnly);
        String[] command = {"capture", "import", in.toString(), "--out", to.toString(), "--frontend-only"};
        StringWriter ignored = new StringWriter();
        assertThat(Main.execute(
                        new PrintWriter(ignored),
                        new PrintWriter(ignored),
                        frontendOnly ? command : Arrays.copyOf(command, 5)))
                .isZero();
        return to.toString();
    }

    private int execute(String... args) {
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
