package io.pgweir.proxy.judge;

import io.pgweir.rules.Action;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Question;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.session.Foreseen;
import io.pgweir.session.Parameters;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.StatementFacts;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Asks the rules of one session's results while their rows come: those whose {@code when} counts rows or bytes, and budgets. Only
 * where such a rule is in force, and only of results that it may end. On the session's event loop.
 */
public final class ResultJudge {
    /** More than any result has, and far from overflow. */
    private static final long ANY = Long.MAX_VALUE / 4;

    private final SharedRules shared;
    private final SessionRules session;

    public ResultJudge(SharedRules shared, SessionRules session) {
        this.shared = shared;
        this.session = session;
    }

    /** Whether a rule that counts rows may end what {@code next} runs, were there rows enough. */
    public boolean mayEnd(Foreseen next, Charset charset, long nanos) {
        RuleSet set = shared.counting();
        if (set == null) {
            return false;
        }
        boolean ends = next.anything() && ends(judge(set, next.path(), null, null, ANY, ANY, charset, nanos));
        for (SqlStatement statement : next.statements()) {
            ends = ends || ends(judge(set, next.path(), statement, null, ANY, ANY, charset, nanos));
        }
        for (SqlStatement statement : next.also()) {
            ends = ends || ends(judge(set, next.path(), statement, null, ANY, ANY, charset, nanos));
        }
        return ends;
    }

    /** The set to ask of each row of {@code running}; null where no row changes what it says. */
    public @Nullable RuleSet counting(Execution running, Charset charset, long nanos) {
        RuleSet now = shared.counting();
        if (now == null) {
            return null;
        }
        RuleSet set =
                running.opinion() instanceof Verdict verdict && !verdict.hits().isEmpty() ? verdict.set() : now;
        return judge(set, running, ANY, ANY, charset, nanos).hits().isEmpty() ? null : set;
    }

    private static boolean ends(Verdict verdict) {
        return verdict.block() != null || verdict.close() != null;
    }

    /** What {@code set} says of a result that has come so far. */
    public Verdict judge(RuleSet set, Execution running, long rows, long bytes, Charset charset, long nanos) {
        SqlStatement statement = running.rewritten();
        if (statement == null) {
            statement = running.resolved() == null ? running.statement() : running.resolved();
        }
        return judge(set, running.path(), statement, running.parameters(), rows, bytes, charset, nanos);
    }

    private Verdict judge(
            RuleSet set,
            Execution.Path path,
            @Nullable SqlStatement statement,
            @Nullable Parameters parameters,
            long rows,
            long bytes,
            Charset charset,
            long nanos) {
        StatementFacts facts = statement == null ? null : shared.facts().of(statement);
        Question asked = session.begin(nanos);
        asked.onStatement(facts);
        asked.onPath(path, Execution.Step.EXECUTE, 0, 1);
        asked.onParameters(parameters, charset);
        asked.onProgress(rows, bytes);
        Verdict verdict = set.judge(Moment.RESULT, asked);
        return facts == null || facts.copy() != null ? verdict.and(set.judge(Moment.COPY, asked)) : verdict;
    }

    /** What is left of {@code budget}, one of {@code verdict}'s, in rows and in bytes. */
    public long rowsLeft(Verdict verdict, Action.Budget budget, Execution running) {
        return left(
                budget.rowsMax(),
                shared.meters().spentRows(verdict.ruleOf(budget), budget, session.asker(), fingerprint(running)));
    }

    /** As {@link #rowsLeft}. */
    public long bytesLeft(Verdict verdict, Action.Budget budget, Execution running) {
        return left(
                budget.bytesMax(),
                shared.meters().spentBytes(verdict.ruleOf(budget), budget, session.asker(), fingerprint(running)));
    }

    private static long left(long max, long spent) {
        return max == Long.MAX_VALUE ? max : Math.max(0, max - spent);
    }

    private static String fingerprint(Execution running) {
        SqlStatement statement = running.statement();
        return statement == null ? "" : statement.fingerprint();
    }
}
