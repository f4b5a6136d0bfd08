package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Masked columns on every way that rows can take to a client. */
@Timeout(60)
class RowRulesIT {
    private static final String RULES = """
            version: 1
            defaults: {mode: enforce, on-unknown: match}
            rules:
              - id: email
                why: nobody reads addresses through this path
                at: result
                match: {user: {not: [nobody]}}
                do:
                  - mask: {columns: [public.customers.email], with: {partial: {first: 2, last: 3}}}
                  - mask: {columns: [customers.ssn], with: {fixed: "0"}}
                  - mask: {columns: [customers.born], with: null}
                  - mask: {columns: [secret_word], with: {fixed: "###"}}
            """;

    private static final String ADA = "ad***********org";
    private static final String BOB = "bo***********org";

    private static PgServer server;
    private static RunningAgent agent;

    @BeforeAll
    static void start() {
        server = PgServer.builder().start();
        server.query("""
                create table customers(id int primary key, email text not null, ssn int, born date, note text)
                    partition by range (id);
                create table customers_1 partition of customers for values from (0) to (100);
                insert into customers values (1, 'ada1@example.org', 111, '2000-01-01', 'x');
                insert into customers values (2, 'bob2@example.org', null, null, 'y');
                create view people as select id, email as address from customers;
                create table words(id int, secret_word text, said text);
                insert into words values (1, 'sesame', 'a');
                create table other(id int, email text);
                insert into other values (1, 'shown@example.org')""");
        agent = RunningAgent.builder(server.port()).rules(RULES).start();
    }

    @AfterAll
    static void stop() {
        agent.close();
        server.close();
    }

    static Stream<Arguments> queries() {
        String both = "D(1," + ADA + ") D(2," + BOB + ") C(SELECT 2)";
        return Stream.of(
                Arguments.of("select id, email from customers order by id", both),
                Arguments.of("select id, email as \"E\" from public.customers as c order by id", both),
                Arguments.of("select id, \"email\" from \"customers\" order by 1", both),
                Arguments.of("select * from (select id, email x from customers) s order by id", both),
                Arguments.of("with c as (select id, email from customers) select * from c order by 1", both),
                Arguments.of("select id, email from customers_1 order by id", both),
                Arguments.of("select c.id, c.email from customers c join other o on true order by c.id", both),
                Arguments.of("select id, lower(email) from customers order by id", both),
                Arguments.of("select 1, (select email from customers where id = 1)", "D(1," + ADA + ") C(SELECT 1)"),
                Arguments.of(
                        "select id, email from customers where id = 1 union select 1, 'x'||email from customers"
                                + " where id = 1 order by 2",
                        "D(1," + ADA + ") D(1,xa************org) C(SELECT 2)"),
                Arguments.of("update words set said = said returning id, secret_word as w", "D(1,###) C(UPDATE 1)"),
                Arguments.of("select ssn, born from customers order by id", "D(0,null) D(null,null) C(SELECT 2)"),
                Arguments.of("select id, secret_word, said from words", "D(1,###,a) C(SELECT 1)"),
                Arguments.of("select id, said as secret_word from words", "D(1,###) C(SELECT 1)"),
                Arguments.of("select id, secret_word as w from words", "D(1,###) C(SELECT 1)"),
                Arguments.of("select id, email from other", "D(1,shown@example.org) C(SELECT 1)"),
                Arguments.of("select count(*) from customers where email like 'ada%'", "D(1) C(SELECT 1)"),
                Arguments.of(
                        "select id, address from people order by 1", // a view is named by itself
                        "D(1,ada1@example.org) D(2,bob2@example.org) C(SELECT 2)"));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void simpleQueryIsMasked(String sql, String rows) {
        try (PgWire client = agent.login()) {
            assertThat(rows(client.send(Frontend.query(sql)).readUntilReady())).isEqualTo(rows);
        }
    }

    @ParameterizedTest
    @MethodSource("queries")
    void extendedQueryIsMaskedWithoutTheClientSeeingMore(String sql, String rows) {
        try (PgWire client = agent.login()) {
            client.send(
                    Frontend.parse("s", sql),
                    Frontend.describeStatement("s"),
                    Frontend.bind("", "s"),
                    Frontend.describePortal(""),
                    Frontend.execute("", 0),
                    Frontend.sync());
            List<Reply> replies = client.readUntilReady();
            assertThat(types(replies)).matches("1tT2TD*CZ");
            assertThat(rows(replies)).isEqualTo(rows);

            // Parsed earlier: pgjdbc's way, nothing is described again.
            client.send(
                    Frontend.bind("", "s"),
                    Frontend.execute("", 0),
                    Frontend.bind("p", "s"),
                    Frontend.execute("p", 0),
                    Frontend.sync());
            replies = client.readUntilReady();
            assertThat(types(replies)).matches("2D*C2D*CZ");
            assertThat(rows(replies)).isEqualTo(rows + " " + rows);
        }
    }

    @Test
    void binaryResultsAreMasked() {
        try (PgWire client = agent.login()) {
            client.send(
                    Frontend.parse("", "select id, email, ssn, born, note from customers order by id"),
                    Frontend.bind("", "", new int[0], new byte[0][], new int[] {1}),
                    Frontend.execute("", 0),
                    Frontend.sync());
            assertThat(rows(client.readUntilReady()))
                    .isEqualTo("D(0x00000001," + ADA + ",0x00000000,null,x) D(0x00000002," + BOB
                            + ",null,null,y) C(SELECT 2)");
        }
    }

    @Test
    void portalsThatAreExecutedPieceByPieceAreMasked() {
        try (PgWire client = agent.login()) {
            client.send(
                    Frontend.parse("", "select id, email from customers order by id"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 1),
                    Frontend.execute("", 1),
                    Frontend.execute("", 1),
                    Frontend.sync());
            List<Reply> replies = client.readUntilReady();
            assertThat(Reply.line(replies)).isEqualTo("1 2 D(1," + ADA + ") s D(2," + BOB + ") s C(SELECT 0) Z(I)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "binary "})
    void cursorsAreMasked(String binary) {
        try (PgWire client = agent.login()) {
            client.query("begin");
            client.query("declare c " + binary + "cursor for select email from customers order by id");
            String first = client.query("fetch 1 from c");
            client.send(
                    Frontend.parse("", "fetch all from c"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 0),
                    Frontend.sync());
            String rest = rows(client.readUntilReady());
            client.query("declare d cursor for select upper(email) from customers order by id");
            String derived = client.query("fetch 1 from d");

            assertThat(first).contains("D(" + ADA + ") C(FETCH 1) Z(T)");
            assertThat(rest).isEqualTo("D(" + BOB + ") C(FETCH 1)");
            assertThat(derived).contains("D(AD***********ORG) C(FETCH 1) Z(T)");
        }
    }

    @Test
    void preparedBySqlIsMasked() {
        try (PgWire client = agent.login()) {
            client.query("prepare p(int) as select id, email, upper(email) from customers where id = $1");
            assertThat(client.query("execute p(1)")).contains("D(1," + ADA + ",AD***********ORG) C(SELECT 1) Z(I)");
            client.send(
                    Frontend.parse("", "execute p(1)"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 0),
                    Frontend.sync());
            assertThat(rows(client.readUntilReady())).isEqualTo("D(1," + ADA + ",AD***********ORG) C(SELECT 1)");
        }
    }

    @Test
    void pipelinesAnswerInOrder() {
        try (PgWire client = agent.login()) {
            List<byte[]> messages = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                messages.add(Frontend.parse("", "select email from customers where id = 1"));
                messages.add(Frontend.bind("", ""));
                messages.add(Frontend.execute("", 0));
                messages.add(Frontend.parse("", "select " + i));
                messages.add(Frontend.bind("", ""));
                messages.add(Frontend.execute("", 0));
                if (i % 3 == 0) {
                    messages.add(Frontend.sync());
                }
            }
            messages.add(Frontend.sync());
            client.send(messages.toArray(byte[][]::new));
            List<Reply> all = new ArrayList<>();
            for (int i = 0; i < 11; i++) {
                all.addAll(client.readUntilReady());
            }
            assertThat(types(all).replace("Z", "")).isEqualTo("12DC12DC".repeat(30));
            assertThat(rows(all)).doesNotContain("ada1").contains("D(29) C(SELECT 1)");
        }
    }

    @Test
    void failedPipelinesFailAsTheyWould() {
        try (PgWire client = agent.login()) {
            client.send(
                    Frontend.parse("", "select email from nothing"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 0),
                    Frontend.sync(),
                    Frontend.execute("unknown", 0),
                    Frontend.sync());
            assertThat(Reply.line(client.readUntilReady()))
                    .isEqualTo("E(ERROR 42P01 relation \"nothing\" does not exist) Z(I)");
            assertThat(Reply.line(client.readUntilReady()))
                    .isEqualTo("E(ERROR 34000 portal \"unknown\" does not exist) Z(I)");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "copy customers_1 to stdout|1\\tad***********org\\t0\\t\\N\\tx\\n",
                "copy customers_1 (email, id) to stdout|ad***********org\\t1\\n",
                "copy public.customers_1 (note, email) to stdout (format csv)|x,ad***********org\\n",
                "copy customers_1 to stdout csv header|id,email,ssn,born,note\\n 1,ad***********org,0,,x\\n",
                "copy (select email e from customers order by id) to stdout|ad***********org\\n",
                "copy (select * from customers order by id) to stdout csv|1,ad***********org,0,,x\\n",
                "copy (select upper(email), id from customers order by id) to stdout csv|AD***********ORG,1\\n",
                "copy other to stdout csv|1,shown@example.org\\n",
                "copy (select secret_word as w from words) to stdout|###\\n",
            })
    void copyOutIsMasked(String sql, String firstRows) {
        try (PgWire client = agent.login()) {
            String line = Reply.line(client.send(Frontend.query(sql)).readUntilReady());
            assertThat(line)
                    .contains(" d(" + firstRows.replace(" ", ") d(") + ") ")
                    .doesNotContain("ada1");
            client.send(Frontend.parse("", sql), Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
            assertThat(Reply.line(client.readUntilReady()))
                    .contains(" d(" + firstRows.replace(" ", ") d(") + ") ")
                    .doesNotContain("ada1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "copy customers_1 (id, email) to stdout (encoding 'sjis')",
                "copy customers_1 (id, email) to stdout encoding 'SJIS'"
            })
    void copyOfAnotherEncodingIsMaskedInThat(String sql) {
        try (PgWire client = agent.login()) {
            client.query("begin");
            client.query("insert into customers values (50, U&'\\8868\\30dd@example.org')");

            // The second byte of either character is a backslash, or may be.
            List<Reply> replies = client.send(Frontend.query(sql)).readUntilReady();
            client.query("rollback");

            assertThat(replies).as(Reply.line(replies)).hasSize(7);
            byte[] copied = replies.get(3).body();

            assertThat(new String(copied, java.nio.charset.Charset.forName("windows-31j")))
                    .isEqualTo("50\t\u8868\u30dd*********org\n");
        }
    }

    @Test
    void binaryCopyIsMaskedAndReadsBackIn() throws Exception {
        try (Connection client = jdbc("");
                Statement statement = client.createStatement()) {
            CopyManager copies = client.unwrap(PGConnection.class).getCopyAPI();
            var bytes = new java.io.ByteArrayOutputStream();
            copies.copyOut("copy customers_1 (id, email, ssn, note) to stdout (format binary)", bytes);
            statement.execute("create temp table back(id int, email text, ssn int, note text)");
            copies.copyIn(
                    "copy back from stdin (format binary)", new java.io.ByteArrayInputStream(bytes.toByteArray()));
            ResultSet back = statement.executeQuery("select email, ssn, note from back order by id");
            assertThat(back.next()).isTrue();
            assertThat(back.getString(1)).isEqualTo(ADA);
            assertThat(back.getInt(2)).isZero();
            assertThat(back.getString(3)).isEqualTo("x");
        }
    }

    @Test
    void copyWhoseColumnsNobodyKnowsIsRefused() {
        try (PgWire client = agent.login()) {
            assertThat(client.query("copy (select * from customers c, other o) to stdout"))
                    .contains("E(ERROR 42501")
                    .doesNotContain("example.org");
            assertThat(client.query("select 1")).contains("D(1)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prepareThreshold=1", "prepareThreshold=-1&binaryTransfer=true", "preferQueryMode=simple"})
    void pgjdbcSeesMaskedValues(String options) throws Exception {
        try (Connection client = jdbc(options)) {
            client.setAutoCommit(false);
            try (PreparedStatement query =
                    client.prepareStatement("select id, email, ssn from customers where id >= ? order by id")) {
                query.setFetchSize(1);
                for (int i = 0; i < 7; i++) {
                    query.setInt(1, 1);
                    ResultSet rows = query.executeQuery();
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString("email")).isEqualTo(ADA);
                    assertThat(rows.getInt("ssn")).isZero();
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(2)).isEqualTo(BOB);
                    assertThat(rows.getObject(3)).isNull();
                    assertThat(rows.next()).isFalse();
                }
            }
            CopyManager copies = client.unwrap(PGConnection.class).getCopyAPI();
            StringWriter out = new StringWriter();
            copies.copyOut("copy customers_1 (email) to stdout", out);
            assertThat(out).hasToString(ADA + "\n" + BOB + "\n");
            copies.copyIn("copy words from stdin csv", new StringReader("2,x,y\n"));
            client.rollback();
        }
    }

    @Test
    void unnamedStatementLivesOnAndTransactionsBeginAsTheyWould() {
        try (RunningAgent fresh =
                        RunningAgent.builder(server.port()).rules(RULES).start();
                PgWire client = fresh.login()) {
            client.send(Frontend.parse("", "select email from customers where id = 1"), Frontend.sync());
            assertThat(Reply.line(client.readUntilReady())).isEqualTo("1 Z(I)");
            client.query("begin");
            assertThat(client.query("set transaction isolation level serializable"))
                    .isEqualTo("C(SET) Z(T)");
            client.query("commit");
            client.send(Frontend.parse("", "select email from customers where id = 1"), Frontend.sync());
            client.readUntilReady();
            // The catalog is asked again, in front of this.
            server.query("select 1");
            client.send(Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
            assertThat(rows(client.readUntilReady())).isEqualTo("D(" + ADA + ") C(SELECT 1)");
            assertThat(client.query("select count(*) from pg_prepared_statements where name like 'pgweir%'"))
                    .contains("D(0)");
        }
    }

    @Test
    void tableThatIsNewerThanTheAnswerIsMasked() {
        try (PgWire client = agent.login()) {
            client.query("select 1");
            client.query("begin");
            client.query("alter table customers rename to old_customers");
            client.query("create table customers(email text, id int)");
            client.query("insert into customers values ('ada1@example.org', 1)");
            assertThat(client.query("select email, id from customers")).contains("D(" + ADA + ",1)");
            assertThat(client.query("select email as x, id from customers")).contains("D(" + ADA + ",1)");
            client.query("rollback");
        }
    }

    @Test
    void fetchShowsWhatItsCursorWasDeclaredToShow() {
        try (PgWire client = agent.login()) {
            client.query("begin");
            client.query("declare a cursor for select count(*), max(id), 'x' || 1 from customers");
            client.query("declare b cursor for select upper(email) from customers where id = 1");
            client.query("declare \"C\" cursor with hold for select upper(email) from other");
            client.send(Frontend.parse("", "select 1 + 1 from customers"), Frontend.bind("d", ""), Frontend.sync());
            client.readUntilReady();
            assertThat(client.query("fetch a; fetch b; fetch \"C\"; fetch 1 from d; close b"))
                    .contains("D(2,2,x1)", "D(AD***********ORG)", "D(SHOWN@EXAMPLE.ORG)", "D(2)")
                    .doesNotContain("ADA1");
            client.query("declare b cursor for select email || '' from customers where id = 2");
            assertThat(client.query("fetch b")).contains("D(" + BOB + ")");
            client.query("commit");
            client.query("begin");
            client.send(
                    Frontend.parse("", "fetch \"C\""), Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
            assertThat(Reply.line(client.readUntilReady())).contains("C(FETCH 0)");
            client.query("declare a cursor for select upper(email) from customers where id = 1");
            assertThat(client.query("fetch a")).contains("D(AD***********ORG)");
            client.query("rollback");
            client.query("close all");
        }
    }

    @Test
    void portalThatTakesACursorsNameIsNotTakenForIt() {
        try (PgWire client = agent.login()) {
            client.query("begin");
            client.query("savepoint s");
            client.query("declare c cursor for select 1");
            client.query("rollback to s");
            client.send(
                    Frontend.parse("", "select upper(email) from customers where id = 1"),
                    Frontend.bind("c", ""),
                    Frontend.sync());
            client.readUntilReady();
            assertThat(client.query("fetch c")).contains("D(AD***********ORG)");
            client.query("rollback");
        }
    }

    @Test
    void tablesThatComeAndGoHideNothing() {
        try (PgWire client = agent.login();
                PgWire second = agent.login()) {
            for (int i = 0; i < 20; i++) {
                String name = "batch_" + i;
                client.query("create temp table " + name + "(a int, secret_word text)");
                client.query("insert into " + name + " values (7, 'sesame')");
                second.query("create table mine_" + name + " as select 1 as b");
                assertThat(client.query("copy " + name + " to stdout")).contains("d(7\\t###\\n)");
                assertThat(client.query("select a, secret_word as w from " + name))
                        .contains("D(7,###)");
                assertThat(client.query("copy other to stdout")).contains("d(1\\tshown@example.org\\n)");
                assertThat(second.query("copy mine_" + name + " to stdout")).contains("d(1\\n)");
                client.query("begin");
                client.query("declare c cursor for select id, email as e from other");
                assertThat(client.query("fetch 1 from c")).contains("D(1,shown@example.org)");
                client.query("commit");
                second.query("drop table mine_" + name);
            }
        }
    }

    @Test
    void newPartitionIsMaskedInTheNextStatement() {
        try (PgWire client = agent.login();
                PgWire second = agent.login()) {
            for (int i = 0; i < 5; i++) {
                second.query("select 1");
                client.query("create table late partition of customers for values from (200) to (300)");
                client.query("insert into late values (200, 'ada1@example.org', 1)");
                assertThat(second.query("with l as (table late) select l.email as x from l"))
                        .contains("D(" + ADA + ")");
                assertThat(client.query("copy late to stdout")).contains("d(200\\t" + ADA + "\\t0\\t");
                client.query("drop table late");
            }
        }
    }

    @Test
    void rowLongerThanIsMaskedIsNotShown() {
        try (RunningAgent small = RunningAgent.builder(server.port())
                        .rules(RULES)
                        .messageBytes(65_536)
                        .start();
                PgWire client = small.login()) {
            String error = "E(ERROR 42501 result refused by a rule that masks columns: a row is longer than is masked";
            assertThat(client.query("select email, repeat('x', 70000) from customers"))
                    .contains(error)
                    .endsWith("Z(I)");
            client.query("begin");
            assertThat(client.query("select email, repeat('x', 70000) from customers"))
                    .contains(error)
                    .endsWith("Z(E)");
            assertThat(client.query("rollback")).isEqualTo("C(ROLLBACK) Z(I)");
            client.send(
                    Frontend.parse("", "select email, repeat('x', 70000) from customers"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 0),
                    Frontend.sync());
            assertThat(Reply.line(client.readUntilReady()))
                    .startsWith("1 2 E(ERROR 42501")
                    .endsWith("Z(I)");
            assertThat(client.query("select 1")).contains("D(1)");
            assertThat(client.query("copy (select email, repeat('x', 70000) from customers) to stdout"))
                    .contains("E(ERROR 42501")
                    .endsWith("Z(I)");
        }
    }

    @Test
    void manyRowsAreMaskedHoweverTheyAreCut() {
        try (PgWire client = PgWire.connectCutting("127.0.0.1", agent.port(), 7)) {
            client.login(Frontend.PROTOCOL_3_0, Map.of(), null);
            List<Reply> replies = client.send(Frontend.query(
                            "select c.email, g, c.note from customers c, generate_series(1, 3000) g where c.id = 1"))
                    .readUntilReady();
            assertThat(replies.stream().filter(reply -> reply.type() == 'D').map(Reply::toString))
                    .hasSize(3000)
                    .allMatch(row -> row.startsWith("D(" + ADA + ","));
        }
    }

    @Test
    void clientThatLeavesInTheMidstLeavesNothingBehind() {
        for (int i = 0; i < 5; i++) {
            try (PgWire client = agent.login()) {
                client.send(Frontend.query("select c.email, g from customers c, generate_series(1, 1000000) g"));
                client.readThrough('D');
                if (i % 2 == 0) {
                    client.reset();
                }
            }
        }
        try (PgWire client = agent.login()) {
            assertThat(client.query("select 1")).contains("D(1)");
        }
    }

    @Test
    void serverThatDiesInTheMidstEndsTheSession() {
        try (PgWire client = agent.login()) {
            client.query("select 1");
            client.send(Frontend.query("select email, pg_terminate_backend(pg_backend_pid()) from customers"));
            assertThat(Reply.line(client.readToEnd())).contains("FATAL 57P01").doesNotContain("ada1");
        }
    }

    private static Connection jdbc(String options) throws Exception {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + agent.port() + "/postgres?" + options, "postgres", "");
    }

    /** Rows and ends of statements. */
    private static String rows(List<Reply> replies) {
        return Reply.line(replies.stream()
                .filter(reply -> "DCE".indexOf(reply.type()) >= 0)
                .toList());
    }

    private static String types(List<Reply> replies) {
        StringBuilder types = new StringBuilder();
        replies.forEach(reply -> types.append(reply.type()));
        return types.toString();
    }
}
