package io.pgweir.rules.file;

import io.pgweir.rules.Asker;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Key;
import io.pgweir.rules.Meter;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Question;
import io.pgweir.rules.Rule;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.session.Parameters;
import io.pgweir.session.Transaction;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.sql.facts.StatementFacts;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Runs the tests that rule files carry: each rule as if it were enforced, whatever its mode. */
public final class RuleTests {
    private static final UUID SESSION = new UUID(0, 1);
    private static final long CACHE_BYTES = 1 << 20;

    private RuleTests() {}

    /**
     * How one test ended.
     *
     * @param number of the rule's tests, from 1
     * @param line of the test
     * @param failure found, then expected; null where it passed
     */
    public record Outcome(
            String file,
            String rule,
            int number,
            int line,
            @Nullable String failure) {}

    /** Of all files, in their order. */
    public static List<Outcome> run(RuleFiles files) {
        RuleSet all = RuleSet.of(
                files.rules().stream().map(rule -> rule.in(Mode.ENFORCE)).toList(), "tests");
        List<Outcome> outcomes = new ArrayList<>();
        for (TestedRule tested : files.tested()) {
            Rule rule = tested.rule().in(Mode.ENFORCE);
            RuleSet alone = RuleSet.of(List.of(rule), "test");
            for (int i = 0; i < tested.tests().size(); i++) {
                RuleTest test = tested.tests().get(i);
                String failure = failure(test.rules() == null ? alone : all, rule.at(), test);
                outcomes.add(new Outcome(tested.file(), rule.id(), i + 1, test.line(), failure));
            }
        }
        return outcomes;
    }

    private static @Nullable String failure(RuleSet set, Moment at, RuleTest test) {
        Verdict verdict = judge(set, at, test);
        String found = word(verdict);
        List<String> ids =
                verdict.hits().stream().map(Hit::rule).distinct().sorted().toList();
        List<String> expected = test.rules();
        boolean sameRules =
                expected == null || ids.equals(expected.stream().sorted().toList());
        if (found.equals(test.expect()) && sameRules) {
            return null;
        }
        return expected == null
                ? found + " (expected: " + test.expect() + ")"
                : found + " by " + ids + " (expected: " + test.expect() + " by " + expected + ")";
    }

    /** What a test expects: of what is unknown or exempt that, else the strongest action. */
    private static String word(Verdict verdict) {
        if (verdict.hits().isEmpty()) {
            return "none";
        }
        if (verdict.hits().stream().allMatch(Hit::unknown)) {
            return "unknown";
        }
        var strongest = verdict.strongest();
        return strongest == null ? "exempt" : strongest.kind().word();
    }

    private static Verdict judge(RuleSet set, Moment at, RuleTest test) {
        Asker asker = asker(test);
        Question question = new Question(asker);
        question.meteredBy(new Spent(test));
        String sql = test.sql();
        if (sql == null) {
            return set.judge(at, asked(question, test, null, 0, 1));
        }
        FactsCache cache = new FactsCache(CACHE_BYTES);
        var statements = SqlScript.of(sql, new LexicalRules(test.standardConformingStrings()))
                .statements();
        Verdict verdict = Verdict.NONE;
        for (int i = 0; i < statements.size(); i++) {
            StatementFacts facts = cache.of(statements.get(i));
            verdict = verdict.and(set.judge(at, asked(question, test, facts, i, statements.size())));
        }
        return verdict;
    }

    private static Question asked(
            Question question, RuleTest test, @Nullable StatementFacts facts, int position, int statements) {
        question.begin(micros(test.now()));
        question.onPath(
                test.extended() ? Execution.Path.EXTENDED : Execution.Path.SIMPLE,
                Execution.Step.EXECUTE,
                position,
                statements);
        question.onStatement(facts);
        question.onParameters(parameters(test.parameters()), StandardCharsets.UTF_8);
        question.onColumns(test.columns());
        question.onProgress(test.rows(), test.bytes());
        if (facts != null && facts.copy() != null) {
            question.onCopyFormat(CopyClause.Format.valueOf(test.copyFormat().toUpperCase(Locale.ROOT)));
        }
        question.onTransaction(transaction(test));
        return question;
    }

    private static Asker asker(RuleTest test) {
        return new Asker(
                SESSION,
                test.user(),
                test.database(),
                test.application(),
                InetAddress.ofLiteral(test.address()),
                test.listener(),
                test.cluster(),
                test.tls(),
                test.authentication(),
                micros(test.now()));
    }

    private static @Nullable Parameters parameters(@Nullable List<@Nullable String> texts) {
        if (texts == null) {
            return null;
        }
        int count = texts.size();
        int[] lengths = new int[count];
        byte[][] values = new byte[count][];
        for (int i = 0; i < count; i++) {
            String text = texts.get(i);
            values[i] = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
            lengths[i] = text == null ? -1 : values[i].length;
        }
        return new Parameters(new int[count], new byte[count], lengths, values);
    }

    private static Transaction transaction(RuleTest test) {
        Transaction.Outcome outcome = Transaction.Outcome.valueOf(
                test.outcome().toUpperCase(Locale.ROOT).replace('-', '_'));
        return new Transaction(1, true, outcome, 0, 0, test.executions());
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** Tells what the test says, whatever it is asked for. */
    private record Spent(RuleTest test) implements Meter {
        @Override
        public long rows(Key key, Duration window, Question question) {
            return test.spentRows();
        }

        @Override
        public long bytes(Key key, Duration window, Question question) {
            return test.spentBytes();
        }
    }
}
