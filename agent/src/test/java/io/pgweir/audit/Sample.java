package io.pgweir.audit;

import io.pgweir.audit.seal.Checkpoint;
import io.pgweir.config.AuditConfig;
import io.pgweir.rules.Action;
import io.pgweir.rules.Asker;
import io.pgweir.rules.Exemption;
import io.pgweir.rules.Match;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.OnUnknown;
import io.pgweir.rules.Question;
import io.pgweir.rules.Rule;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Severity;
import io.pgweir.rules.Verdict;
import io.pgweir.session.CopyTotals;
import io.pgweir.session.Execution;
import io.pgweir.session.ExecutionFixture;
import io.pgweir.session.Parameters;
import io.pgweir.session.Transaction;
import io.pgweir.session.WalTotals;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import io.pgweir.wire.value.PgType;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Facts and events to test with: one session of {@code app} at {@code orders}, from 2026-03-01 09:30 UTC on. */
public final class Sample {
    public static final AgentFacts AGENT = new AgentFacts("weir-1", "0.1.0", "db-host");
    public static final ClientFacts CLIENT = new ClientFacts("main", "orders", "192.0.2.7", 50123);
    public static final TlsFacts TLS = new TlsFacts(
            "TLSv1.3", "TLS_AES_256_GCM_SHA384", "CN=app,O=Example", List.of("app.example", "app@example"));
    public static final ServerFacts SERVER = new ServerFacts("198.51.100.4", 5432, 4711);
    public static final UUID SESSION = UUID.fromString("0195512a-1c00-7000-8000-0000000000a1");
    public static final long BASE_MICROS = 1_772_357_400_000_000L;
    public static final long BASE_NANOS = 5_000_000_000L;
    public static final Origin ORIGIN = new Origin(
            SESSION,
            CLIENT,
            TLS,
            SERVER,
            "primary",
            "app",
            null,
            "orders",
            "psql",
            StandardCharsets.UTF_8,
            BASE_MICROS,
            BASE_NANOS);
    public static final Origin BARE_ORIGIN = new Origin(
            SESSION, CLIENT, null, null, null, null, null, null, null, StandardCharsets.UTF_8, BASE_MICROS, BASE_NANOS);

    public static byte[] sha256() {
        return new byte[32];
    }

    private Sample() {}

    public static AuditConfig config(AuditConfig.Content content) {
        return new AuditConfig(content, content, 1024, 32 << 10, 1024, true, List.of());
    }

    public static AuditConfig config(int queueRecords) {
        return new AuditConfig(
                AuditConfig.Content.REDACTED,
                AuditConfig.Content.REDACTED,
                queueRecords,
                32 << 10,
                1024,
                true,
                List.of());
    }

    public static SqlStatement sql(String text) {
        return SqlScript.of(text, LexicalRules.DEFAULT).statements().getFirst();
    }

    public static ExecutionFixture simple(String text) {
        return ExecutionFixture.of(Execution.Path.SIMPLE, sql(text), BASE_NANOS + 123_000_000);
    }

    public static ExecutionFixture extended(@Nullable SqlStatement statement) {
        return ExecutionFixture.of(Execution.Path.EXTENDED, statement, BASE_NANOS + 250_000_000)
                .names("S_1", "");
    }

    public static AuditEvent.Statement statement(long sequence, ExecutionFixture execution) {
        return new AuditEvent.Statement(ORIGIN, sequence, execution.build());
    }

    public static ErrorFields error(String sqlState, String message) {
        return new ErrorFields("ERROR", sqlState, message, "the detail", "the hint", 0, null, null, null, null, null);
    }

    /** An int4 in binary, a text, a NULL, one beyond the bound, one of an unknown type. */
    public static Parameters parameters() {
        return new Parameters(
                new int[] {PgType.INT4, PgType.TEXT, PgType.TEXT, PgType.TEXT, 0},
                new byte[] {1, 0, 0, 0, 0},
                new int[] {4, 5, -1, -2, 3},
                new byte[][] {{0, 0, 0, 42}, bytes("hello"), null, null, bytes("abc")});
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Two rules at work, one in shadow, one that is exempt. */
    public static Verdict verdict() {
        List<Rule> rules = List.of(
                rule("no-writes", Mode.ENFORCE, List.of(), new Action.Block("42501", "not here", null, null)),
                rule("team", Mode.ENFORCE, List.of(), new Action.Tag("team", "data")),
                rule("watch", Mode.SHADOW, List.of(), new Action.Close("57P01", "bye", null)),
                rule(
                        "spared",
                        Mode.ENFORCE,
                        List.of(new Exemption(LocalDate.of(2030, 1, 1), "migration", "dba", Match.ALWAYS)),
                        new Action.Exclude()));
        Asker asker =
                new Asker(SESSION, "app", "orders", "psql", null, "main", "orders", true, "scram-sha-256", BASE_MICROS);
        Question question = new Question(asker);
        question.begin(BASE_MICROS);
        return RuleSet.of(rules, "sha256:" + "ab".repeat(32)).judge(Moment.SESSION, question);
    }

    private static Rule rule(String id, Mode mode, List<Exemption> exemptions, Action action) {
        return new Rule(
                id,
                "a test wants it",
                null,
                Severity.HIGH,
                mode,
                1,
                Moment.SESSION,
                OnUnknown.ALERT,
                Match.ALWAYS,
                null,
                List.of(action),
                exemptions);
    }

    /** At least one record of every type and of every outcome, in the order of a day. */
    public static List<AuditEvent> day() {
        long now = BASE_NANOS + 2_000_000;
        StartupPacket.Startup startup = new StartupPacket.Startup(
                StartupPacket.PROTOCOL_3_0,
                List.of(
                        new StartupPacket.Parameter("user", "app"),
                        new StartupPacket.Parameter("database", "orders"),
                        new StartupPacket.Parameter("options", "-c app.token=s3cr3t")));
        Transaction open = new Transaction(4, true, Transaction.Outcome.OPEN, now, 0, 1);
        Transaction rolledBack = new Transaction(4, true, Transaction.Outcome.ROLLED_BACK, now, now + 77_000_000, 2);
        CopyTotals in = new CopyTotals(CopyTotals.Direction.IN, CopyTotals.Format.CSV, 1000, 5_400_000, sha256(), null);
        CopyTotals out = new CopyTotals(CopyTotals.Direction.OUT, CopyTotals.Format.BINARY, 3, 200, null, null);
        CopyTotals replicated = new CopyTotals(
                CopyTotals.Direction.BOTH,
                CopyTotals.Format.TEXT,
                5,
                1234,
                null,
                new WalTotals(3, 2, 1100, 0x16_0000_0028L, 0x16_B374_D848L, 0));
        return List.of(
                new AuditEvent.AuditStart(BASE_MICROS, null),
                new AuditEvent.SessionStart(ORIGIN, 1, now, startup),
                new AuditEvent.SessionAuth(ORIGIN, 2, now, "scram-sha-256", null),
                statement(3, simple("SELECT name, total FROM orders WHERE id = 42 AND state = 'paid'")),
                statement(
                        4,
                        extended(sql("UPDATE orders SET total = $1 WHERE id = $2"))
                                .parameters(parameters())
                                .result("UPDATE 12345", 12345, 0)
                                .endNanos(BASE_NANOS + 3_500_000_000L)),
                statement(
                        5,
                        simple("INSERT INTO orders VALUES (1, 'dup')")
                                .error(error("23505", "duplicate key value violates unique constraint \"orders_pkey\""))
                                .transaction(open, TransactionStatus.FAILED)),
                statement(6, extended(sql("SELECT\n\t* FROM orders")).suspended()),
                statement(7, simple("SELECT pg_sleep(60)").unanswered()),
                statement(8, simple("EXECUTE find(42)").resolved(sql("SELECT * FROM orders WHERE id = $1"))),
                statement(9, extended(null).doubtful()),
                new AuditEvent.Copy(
                        ORIGIN,
                        10,
                        simple("COPY orders FROM STDIN CSV")
                                .copy(in)
                                .result("COPY 1000", 1000, 5_400_000)
                                .build()),
                new AuditEvent.Copy(
                        ORIGIN,
                        11,
                        extended(sql("COPY orders TO STDOUT BINARY")).copy(out).build()),
                new AuditEvent.FunctionCall(
                        ORIGIN,
                        12,
                        ExecutionFixture.of(Execution.Path.FUNCTION_CALL, null, now)
                                .function(957)
                                .parameters(parameters())
                                .build()),
                new AuditEvent.Copy(
                        ORIGIN,
                        13,
                        simple("START_REPLICATION 16/0")
                                .copy(replicated)
                                .result("START_REPLICATION", 0, 1200)
                                .build()),
                new AuditEvent.TransactionEnd(ORIGIN, 14, rolledBack),
                new AuditEvent.SessionEnd(
                        ORIGIN,
                        15,
                        now + 90_000_000,
                        new EndFacts("client_terminated", null, 4096, 1 << 20, false),
                        new SessionTotals(10, 1, 13358, 5, 92_000_000)),
                new AuditEvent.SessionAuth(
                        BARE_ORIGIN,
                        1,
                        now,
                        "scram-sha-256",
                        error("28P01", "password authentication failed for user \"bob\"")),
                new AuditEvent.SessionEnd(
                        BARE_ORIGIN,
                        2,
                        now,
                        new EndFacts("startup_timeout", "08006", 3, 0, true),
                        new SessionTotals(0, 0, 0, 0, 2_000_000)),
                new AuditEvent.Cancel(BARE_ORIGIN, 1, now, SESSION, true),
                new AuditEvent.Cancel(BARE_ORIGIN, 1, now, null, false),
                new AuditEvent.AuditGap(
                        BASE_MICROS, BASE_MICROS + 5_000_000, 17, AuditEvent.AuditGap.Reason.QUEUE_FULL),
                new AuditEvent.AuditGap(BASE_MICROS, BASE_MICROS, 3, AuditEvent.AuditGap.Reason.SINK_FAILED, "stdout"),
                new AuditEvent.StatementIntent(
                        ORIGIN,
                        15,
                        SESSION,
                        new Intent(
                                now,
                                Execution.Path.EXTENDED,
                                Execution.Step.EXECUTE,
                                sql("CREATE TABLE t (a int DEFAULT 5)"),
                                "S_1",
                                "",
                                0)),
                new AuditEvent.StatementIntent(
                        ORIGIN,
                        16,
                        SESSION,
                        new Intent(now, Execution.Path.FUNCTION_CALL, Execution.Step.EXECUTE, null, null, null, 957)),
                new AuditEvent.SessionAuth(ORIGIN, 17, now, "scram-sha-256", null, verdict()),
                statement(18, simple("SELECT * FROM t").opinion(verdict()).rewritten(sql("SELECT 'nothing'"))),
                new AuditEvent.TransactionEnd(ORIGIN, 19, rolledBack, verdict()),
                new AuditEvent.RuleAlert(
                        ORIGIN,
                        20,
                        now,
                        verdict().hits().getFirst(),
                        "security",
                        Moment.STATEMENT,
                        sql("DELETE FROM t WHERE a = 5")),
                new AuditEvent.RuleAlert(
                        ORIGIN, 21, now, verdict().hits().getFirst(), "security", Moment.TRANSACTION_END, null),
                new AuditEvent.AuditHeartbeat(BASE_MICROS, 0, new LeftOutTotals(3, 4)),
                new AuditEvent.AuditReload(BASE_MICROS, "rules", "rules", "sha256:aa", "sha256:bb", null),
                new AuditEvent.AuditHeartbeat(BASE_MICROS, 0),
                new AuditEvent.AuditCheckpoint(
                        BASE_MICROS, new Checkpoint(1, 20, 20, "cd".repeat(32), "0123456789abcdef", "c2lnbmVk")),
                new AuditEvent.AuditCheckpoint(BASE_MICROS, new Checkpoint(21, 21, 1, "cd".repeat(32), null, null)),
                new AuditEvent.AuditReload(BASE_MICROS, "certificate", "main", null),
                new AuditEvent.AuditReload(BASE_MICROS, "certificate", "main", "no such file"),
                new AuditEvent.TopologyChange(
                        BASE_MICROS,
                        "orders",
                        "pg-2",
                        "out",
                        "in",
                        "lag, 19 MiB behind",
                        List.of("sql: in_recovery=true")),
                new AuditEvent.TopologyChange(BASE_MICROS, "orders", null, "leader", "pg-1", "", List.of()),
                new AuditEvent.SinkDown(BASE_MICROS, "kafka:audit", "broker is away"),
                new AuditEvent.SinkUp(BASE_MICROS, "kafka:audit", 4_000_000),
                new AuditEvent.AuditStart(BASE_MICROS, new Resumed(SESSION.toString(), 17, "ab".repeat(32), 3)),
                new AuditEvent.AuditStart(BASE_MICROS, new Resumed(null, 0, null, 17)),
                new AuditEvent.AuditStop(BASE_MICROS + 9_000_000, 20, 17));
    }
}
