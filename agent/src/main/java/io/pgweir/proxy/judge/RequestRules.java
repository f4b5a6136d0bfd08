package io.pgweir.proxy.judge;

import io.pgweir.rules.Action;
import io.pgweir.rules.OnUnknown;
import io.pgweir.rules.Rule;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.session.Foreseen;
import io.pgweir.session.Opinion;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.telemetry.Metric;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From verdicts to what becomes of a request, the strongest first: close, block, a budget that is spent, a turn that would come too
 * late, other words, a wait. On the session's event loop.
 */
public final class RequestRules {
    private final SharedRules shared;
    private final SessionRules session;

    public RequestRules(SharedRules shared, SessionRules session) {
        this.shared = shared;
        this.session = session;
    }

    /** @param sql the query string of a Query or Parse that is here as a whole, else null */
    public Ruling on(Foreseen next, Judged judged, @Nullable String sql) {
        Verdict all = judged.all();
        if (all.strongest() == null) {
            return Ruling.PASS;
        }
        Action.Close close = all.close();
        if (close != null) {
            shared.telemetry().increment(Metric.RULES_CLOSED);
            return new Ruling.Close(close);
        }
        Ruling ruling = unlessClosed(next, judged, sql);
        if (ruling instanceof Ruling.Refuse) {
            shared.telemetry().increment(Metric.RULES_BLOCKED);
        }
        return ruling;
    }

    private Ruling unlessClosed(Foreseen next, Judged judged, @Nullable String sql) {
        Verdict all = judged.all();
        Action.Block block = all.block();
        if (block != null) {
            return refuse(block.sqlState(), block.message(), block.detail(), block.hint());
        }
        boolean runs = next.step() == Execution.Step.EXECUTE;
        String fingerprint =
                next.statements().isEmpty() ? "" : next.statements().getFirst().fingerprint();
        if (runs) {
            for (Action.Budget budget : all.budgets()) {
                if (session.isSpent(all, budget, fingerprint)) {
                    return refuse(budget.sqlState(), budget.message(), null, null);
                }
            }
        }
        Ruling rewritten = rewrite(next, judged, sql);
        if (!runs || rewritten instanceof Ruling.Refuse || all.throttles().isEmpty()) {
            return rewritten;
        }
        return inTurn(judged, fingerprint, rewritten);
    }

    /** Each statement takes a turn of each throttle that holds for it. */
    private Ruling inTurn(Judged judged, String fingerprint, Ruling then) {
        Verdict all = judged.all();
        long wait = 0;
        for (Action.Throttle throttle : all.throttles()) {
            int turns = 0;
            for (Verdict verdict : judged.verdicts()) {
                turns += verdict.throttles().contains(throttle) ? 1 : 0;
            }
            long nanos = session.turnsNanos(all, throttle, fingerprint, turns);
            if (nanos < 0) {
                return refuse(throttle.sqlState(), throttle.message(), null, null);
            }
            wait = Math.max(wait, nanos);
        }
        if (wait == 0) {
            return then;
        }
        shared.telemetry().increment(Metric.RULES_DELAYED);
        return then instanceof Ruling.Go go
                ? new Ruling.Go(wait, go.text(), go.instead())
                : new Ruling.Go(wait, null, new SqlStatement[0]);
    }

    private Ruling rewrite(Foreseen next, Judged judged, @Nullable String sql) {
        Action.Rewrite wanted = judged.all().rewrite();
        if (wanted == null || next.step() == Execution.Step.BIND) {
            return Ruling.PASS;
        }
        if (next.path() == Execution.Path.FUNCTION_CALL || isFetch(next)) {
            return refuses(judged.all(), wanted)
                    ? refuse(SqlState.FEATURE_NOT_SUPPORTED, "what has no text cannot be rewritten", null, null)
                    : Ruling.PASS;
        }
        boolean prepared = next.path() == Execution.Path.EXTENDED && next.step() == Execution.Step.EXECUTE;
        if (prepared || judged.also().rewrite() != null) {
            if (!wasRewritten(next, wanted)) {
                return refuse(
                        SqlState.INVALID_SQL_STATEMENT_NAME,
                        "the statement was prepared before a rule that rewrites it was in force",
                        null,
                        "Prepare it again.");
            }
            if (prepared) {
                return Ruling.PASS;
            }
        }
        return rewriteEach(next, judged.own(), sql);
    }

    /** FETCH and MOVE run the query of a cursor. */
    private static boolean isFetch(Foreseen next) {
        if (next.statements().size() != 1) {
            return false;
        }
        String command = next.statements().getFirst().command();
        return command.equals("FETCH") || command.equals("MOVE");
    }

    /** Whether each Parse or PREPARE that it may stand on was rewritten in the same way. */
    private static boolean wasRewritten(Foreseen next, Action.Rewrite wanted) {
        for (Opinion parsed : next.parsed()) {
            if (!wanted.equals(((Verdict) parsed).rewrite())) {
                return false;
            }
        }
        return !next.parsed().isEmpty();
    }

    private Ruling rewriteEach(Foreseen next, Verdict[] own, @Nullable String sql) {
        List<SqlStatement> statements = next.statements();
        @Nullable String[] texts = new String[statements.size()];
        @Nullable SqlStatement[] instead = new SqlStatement[statements.size()];
        boolean any = false;
        for (int i = 0; i < texts.length; i++) {
            Action.Rewrite wanted = own[i].rewrite();
            SqlStatement statement = statements.get(i);
            if (wanted == null || statement.kind() == StatementKind.EXECUTE) {
                continue;
            }
            switch (sql == null ? TOO_LONG : Rewriting.of(wanted, statement, shared.facts())) {
                case Rewriting.Result.Same _ -> {}
                case Rewriting.Result.Impossible(String why) -> {
                    if (refuses(own[i], wanted)) {
                        return refuse(SqlState.FEATURE_NOT_SUPPORTED, why, null, null);
                    }
                }
                case Rewriting.Result.Text(String text) -> {
                    texts[i] = text;
                    instead[i] = Rewriting.single(text);
                    any = true;
                }
            }
        }
        if (!any || sql == null) {
            return Ruling.PASS;
        }
        shared.telemetry().increment(Metric.RULES_REWRITTEN);
        return new Ruling.Go(0, Rewriting.script(sql, next, texts), instead);
    }

    private static final Rewriting.Result TOO_LONG =
            new Rewriting.Result.Impossible("the statement is too long to be rewritten");

    /** Where a statement cannot be rewritten: another text is never left out, a row limit as the rule's on-unknown says. */
    private static boolean refuses(Verdict verdict, Action.Rewrite wanted) {
        if (wanted instanceof Action.Rewrite.Replace) {
            return true;
        }
        String id = verdict.ruleOf(wanted);
        for (Rule rule : verdict.set().rules()) {
            if (rule.id().equals(id)) {
                return rule.onUnknown() == OnUnknown.BLOCK || rule.onUnknown() == OnUnknown.MATCH;
            }
        }
        return true;
    }

    private static Ruling refuse(String sqlState, String message, @Nullable String detail, @Nullable String hint) {
        return new Ruling.Refuse(
                new ErrorFields("ERROR", sqlState, message, detail, hint, 0, null, null, null, null, null));
    }
}
