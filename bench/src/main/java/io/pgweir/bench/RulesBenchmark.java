package io.pgweir.bench;

import io.pgweir.config.ConfigException;
import io.pgweir.rules.Asker;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Question;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.file.RuleFiles;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.sql.facts.StatementFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a hundred rules cost a statement: one that was judged before, one that nobody has seen. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RulesBenchmark {
    /** One of each ten: relations, functions, commands, users, networks, classes and expressions; none of them matches. */
    private static final String TEN = """
              - {id: a#, why: w, match: {relations: {read: secret#}}, do: [block]}
              - {id: b#, why: w, match: {relations: {write: "s#.*"}, user: {not: admin}}, do: [block]}
              - {id: c#, why: w, match: {command: [DELETE, UPDATE], has-where: false, user: u#}, do: [block]}
              - {id: d#, why: w, match: {functions: [pg_read_file, "dblink*", f#]}, do: [block]}
              - {id: e#, why: w, match: {user: "dba_#_*"}, do: [alert]}
              - {id: f#, why: w, match: {cidr: 10.#.0.0/16, class: READ}, do: [alert]}
              - {id: g#, why: w, match: {columns: [t#.ssn]}, do: [alert]}
              - {id: h#, why: w, match: {class: [DDL, ROLE], schedule: {not: {days: [sat]}}}, do: [block]}
              - {id: i#, why: w, match: {command: DROP}, when: statement.count > #, do: [block]}
              - {id: j#, why: w, match: {application: app#}, when: session.user == 'u#', do: [alert]}
            """;

    private static final String ASKED =
            "  - {id: asked, why: w, match: {class: READ}, when: session.user == 'eve' && !session.tls, do: [block]}\n";

    private final Question question = new Question(
            new Asker(new UUID(0, 1), "bob", "shop", "shop", null, "main", "main", true, "scram-sha-256", 0));
    private final SqlStatement statement =
            SqlScript.of(Messages.SELECT, LexicalRules.DEFAULT).statements().getFirst();
    private final StatementFacts facts = new FactsCache(1 << 20).of(statement);
    private RuleSet hundred = RuleSet.NONE;
    private RuleSet withExpression = RuleSet.NONE;

    @Setup
    public void setUp() throws IOException, ConfigException {
        StringBuilder rules = new StringBuilder("version: 1\nrules:\n");
        for (int i = 0; i < 10; i++) {
            rules.append(TEN.replace("#", String.valueOf(i)));
        }
        hundred = set(rules.toString());
        withExpression = set(rules + ASKED);
    }

    private static RuleSet set(String text) throws IOException, ConfigException {
        Path file = Files.createTempFile("rules", ".yaml");
        try {
            Files.writeString(file, text);
            return RuleFiles.read(List.of(file), List.of(), InstantSource.system())
                    .toRuleSet(false);
        } finally {
            Files.delete(file);
        }
    }

    @Benchmark
    public Object warm() {
        return judge(hundred, facts);
    }

    /** As {@link #warm}, and one expression that the match blocks leave to be asked. */
    @Benchmark
    public Object warmWithAnExpression() {
        return judge(withExpression, facts);
    }

    /** What reading the facts alone costs. */
    @Benchmark
    public Object coldFacts() {
        return new FactsCache(1 << 20)
                .of(SqlScript.of(Messages.SELECT, LexicalRules.DEFAULT)
                        .statements()
                        .getFirst());
    }

    /** A text that nobody has seen: split, fingerprint, facts, a hundred rules. */
    @Benchmark
    @BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
    public Object cold() {
        SqlStatement fresh =
                SqlScript.of(Messages.SELECT, LexicalRules.DEFAULT).statements().getFirst();
        return judge(hundred, new FactsCache(1 << 20).of(fresh));
    }

    private Object judge(RuleSet set, StatementFacts facts) {
        question.begin(1_800_000_000_000_000L);
        question.onStatement(facts);
        return set.judge(Moment.STATEMENT, question);
    }
}
