package io.pgweir.proxy.judge;

import io.netty.buffer.ByteBuf;
import io.pgweir.audit.SessionRecords;
import io.pgweir.rules.Action;
import io.pgweir.rules.Asker;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Key;
import io.pgweir.rules.Meter;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Question;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Verdict;
import io.pgweir.session.CopyTotals;
import io.pgweir.session.Execution;
import io.pgweir.session.Foreseen;
import io.pgweir.session.Opinion;
import io.pgweir.session.Parameters;
import io.pgweir.session.SessionListener;
import io.pgweir.session.Transaction;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.sql.facts.FunctionName;
import io.pgweir.sql.facts.StatementFacts;
import io.pgweir.wire.BindView;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FunctionCallView;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Asks the rules for one session, and hears for them what the tracker tells before the auditor does.
 *
 * <pre>
 *   let in                    session                        what it says of records holds for all that follows
 *   Query, FunctionCall       statement, bind, result, copy  one verdict a statement
 *   Parse                     statement
 *   Bind                      bind
 *   Execute                   statement, result, copy        and what was said of its Bind
 *   a transaction is over     transaction-end
 * </pre>
 *
 * <p>Where a name may stand for several statements, or a text may be read in two ways, each is judged, and all verdicts hold. On
 * the session's event loop.
 */
public final class SessionRules implements SessionListener {
    private final SharedRules shared;
    private final SessionRecords auditor;
    private final Who who;

    /** From authentication on. */
    private @Nullable Question question;

    /** What was said of the session, as far as it is to be said of each statement. */
    private Verdict ofSession = Verdict.NONE;

    private @Nullable SessionEnds ends;
    private IntFunction<@Nullable FunctionName> functions = unknown -> null;

    /** What a session does when a rule wants it over between two requests. */
    @FunctionalInterface
    public interface SessionEnds {
        void onClose(Verdict verdict);
    }

    public SessionRules(SharedRules shared, SessionRecords auditor, Who who) {
        this.shared = shared;
        this.auditor = auditor;
        this.who = who;
    }

    /** Who is told of rules that end the session. Once, before anything is heard. */
    public void endedBy(SessionEnds told) {
        ends = told;
    }

    /** Who knows what functions are called that are none of PostgreSQL's own. */
    public void functionsBy(IntFunction<@Nullable FunctionName> told) {
        functions = told;
    }

    /** Whether the server has let the client in: nothing is asked before. */
    public boolean isAuthenticated() {
        return question != null;
    }

    @Override
    public void onAuthentication(String method, @Nullable ErrorFields error, long nanos) {
        if (error != null) {
            auditor.onAuthentication(method, error, nanos);
            return;
        }
        Asker asker = new Asker(
                auditor.session(),
                who.user(),
                who.database(),
                who.application(),
                who.address(),
                who.listener(),
                who.cluster(),
                who.tls(),
                method,
                auditor.micros(nanos));
        Question asked = new Question(asker);
        asked.meteredBy(new Counted(shared.meters()));
        question = asked;
        asked.begin(auditor.micros(nanos));
        Verdict verdict = shared.current().judge(Moment.SESSION, asked);
        ofSession = isLasting(verdict) ? verdict : Verdict.NONE;
        auditor.onLetIn(method, verdict, nanos);
        tell(verdict, Moment.SESSION, null, nanos);
        if (ends != null && (verdict.close() != null || verdict.block() != null)) {
            ends.onClose(verdict);
        }
    }

    /** What is done to records of a session is done to all of them. */
    private static boolean isLasting(Verdict verdict) {
        for (Hit hit : verdict.hits()) {
            for (Action action : hit.actions()) {
                switch (action) {
                    case Action.Tag _, Action.CaptureFull _, Action.Sample _, Action.Exclude _, Action.Route _ -> {
                        return true;
                    }
                    default -> {
                        // Done with when the session has begun.
                    }
                }
            }
        }
        return false;
    }

    /**
     * What the rules say of a request.
     *
     * @param set the one that it keeps
     * @param arguments of a FunctionCall
     * @param charset of the client's texts
     */
    public Judged judge(RuleSet set, Foreseen next, @Nullable Parameters arguments, Charset charset, long nanos) {
        Question asked = question;
        if (asked == null) {
            throw new IllegalStateException("a request before authentication");
        }
        asked.begin(auditor.micros(nanos));
        asked.onParameters(arguments, charset);
        Verdict also = Verdict.NONE;
        for (SqlStatement possible : next.also()) {
            also = also.and(judge(set, asked, next, possible, 0));
        }
        if (next.anything()) {
            also = also.and(judge(set, asked, next, null, 0));
        }
        Verdict[] own = new Verdict[Math.max(1, next.statements().size())];
        Verdict fresh = also;
        for (int i = 0; i < own.length; i++) {
            own[i] = own(set, asked, next, i);
            fresh = fresh.and(own[i]);
        }
        if (fresh.hits().isEmpty() && ofSession.hits().isEmpty() && next.bound().isEmpty()) {
            return Judged.NOTHING;
        }
        Verdict earlier = ofSession;
        for (Opinion bound : next.bound()) {
            earlier = earlier.and((Verdict) bound);
        }
        Verdict[] verdicts = new Verdict[own.length];
        for (int i = 0; i < own.length; i++) {
            verdicts[i] = own[i].and(also).and(earlier);
        }
        return new Judged(own, also, fresh, verdicts, fresh.and(earlier));
    }

    private Verdict own(RuleSet set, Question asked, Foreseen next, int i) {
        if (next.path() == Execution.Path.FUNCTION_CALL) {
            return judge(set, asked, next, callOf(next.functionOid()), 0);
        }
        if (next.statements().isEmpty()) {
            return Verdict.NONE;
        }
        SqlStatement statement = next.statements().get(i);
        Verdict verdict = judge(set, asked, next, statement, i);
        // Of an EXECUTE nothing is known but what it runs, and that is judged as well.
        boolean resolved = statement.kind() == StatementKind.EXECUTE
                && !next.anything()
                && !next.also().isEmpty();
        return resolved ? verdict.certain() : verdict;
    }

    /** @param statement null for one that nobody knows */
    private Verdict judge(RuleSet set, Question asked, Foreseen next, @Nullable SqlStatement statement, int position) {
        StatementFacts facts = statement == null ? null : shared.facts().of(statement);
        asked.onStatement(facts);
        asked.onPath(
                next.path(),
                next.step(),
                position,
                Math.max(1, next.statements().size()));
        if (next.step() == Execution.Step.BIND) {
            return set.judge(Moment.BIND, asked);
        }
        Verdict verdict = set.judge(Moment.STATEMENT, asked);
        if (next.step() == Execution.Step.PARSE) {
            return verdict;
        }
        if (next.path() != Execution.Path.EXTENDED) {
            verdict = verdict.and(set.judge(Moment.BIND, asked));
        }
        verdict = verdict.and(set.judge(Moment.RESULT, asked));
        return facts == null || facts.copy() != null ? verdict.and(set.judge(Moment.COPY, asked)) : verdict;
    }

    /** As the statement that it is; null for a function whose name nobody knows. */
    private @Nullable SqlStatement callOf(int oid) {
        String builtin = BuiltinFunctions.name(oid);
        FunctionName name = builtin == null ? functions.apply(oid) : new FunctionName("pg_catalog", builtin);
        return name == null
                ? null
                : SqlScript.of("select " + quoted(name) + "()", LexicalRules.DEFAULT)
                        .statements()
                        .getFirst();
    }

    private static String quoted(FunctionName name) {
        return '"' + String.valueOf(name.schema()).replace("\"", "\"\"") + "\".\""
                + name.name().replace("\"", "\"\"") + '"';
    }

    /**
     * What was bound, copied: values as long as they are.
     *
     * @param types OIDs of the first parameters, 0 where unknown
     */
    public static @Nullable Parameters parameters(BindView bind, int[] types) {
        int count = bind.parameters();
        if (count == 0) {
            return null;
        }
        Parameters copy =
                new Parameters(Arrays.copyOf(types, count), new byte[count], new int[count], new byte[count][]);
        for (int i = 0; i < count; i++) {
            fill(copy, i, bind.format(i), bind.length(i), bind.buffer(), bind.offset(i));
        }
        return copy;
    }

    /** As {@link #parameters(BindView, int[])}. */
    public static @Nullable Parameters parameters(FunctionCallView call) {
        int count = call.arguments();
        if (count == 0) {
            return null;
        }
        Parameters copy = new Parameters(new int[count], new byte[count], new int[count], new byte[count][]);
        for (int i = 0; i < count; i++) {
            fill(copy, i, call.format(i), call.length(i), call.buffer(), call.offset(i));
        }
        return copy;
    }

    private static void fill(Parameters copy, int i, int format, int length, ByteBuf buffer, int offset) {
        byte[] value = new byte[Math.max(0, length)];
        if (length > 0) {
            buffer.getBytes(offset, value);
        }
        copy.formats()[i] = (byte) format;
        copy.lengths()[i] = length;
        if (copy.values() != null) {
            copy.values()[i] = value;
        }
    }

    /** Counts what the rules said of what is about to happen, or was refused, and tells whom they want told. */
    public void tell(Verdict verdict, Moment moment, @Nullable SqlStatement statement, long nanos) {
        shared.hits().count(verdict);
        for (Hit hit : verdict.hits()) {
            if (hit.mode() == Mode.ENFORCE && hit.exemption() == null) {
                for (Action action : hit.actions()) {
                    if (action instanceof Action.Alert alert) {
                        auditor.onAlert(hit, alert.channel(), moment, statement, nanos);
                    }
                }
            }
        }
    }

    /** Takes so many turns: nanoseconds to wait for them; -1 where that would be too long. */
    long turnsNanos(Verdict verdict, Action.Throttle throttle, String fingerprint, int turns) {
        return shared.meters().turnsNanos(verdict.ruleOf(throttle), throttle, asker(), fingerprint, turns);
    }

    boolean isSpent(Verdict verdict, Action.Budget budget, String fingerprint) {
        return shared.meters().isSpent(verdict.ruleOf(budget), budget, asker(), fingerprint);
    }

    /** A question of something that happens now. */
    Question begin(long nanos) {
        Question asked = question;
        if (asked == null) {
            throw new IllegalStateException("a request before authentication");
        }
        asked.begin(auditor.micros(nanos));
        return asked;
    }

    Asker asker() {
        Question asked = question;
        if (asked == null) {
            throw new IllegalStateException("a request before authentication");
        }
        return asked.asker();
    }

    @Override
    public void onExecution(Execution execution) {
        if (question != null && execution.bytes() > 0) {
            count(execution);
        }
        auditor.onExecution(execution);
    }

    /** What has come back to the client. */
    private void count(Execution execution) {
        SqlStatement statement = execution.statement();
        String fingerprint = statement == null ? "" : statement.fingerprint();
        CopyTotals copy = execution.copy();
        long rows = copy == null ? execution.rows() : copy.rows();
        if (execution.opinion() instanceof Verdict verdict) {
            for (Action.Budget budget : verdict.budgets()) {
                shared.meters().spend(verdict.ruleOf(budget), budget, asker(), fingerprint, rows, execution.bytes());
            }
        }
        shared.meters().count(shared.metered(), asker(), fingerprint, rows, execution.bytes());
    }

    @Override
    public void onTransactionEnd(Transaction transaction) {
        Question asked = question;
        RuleSet set = shared.current();
        if (asked == null || !set.looksAt(Moment.TRANSACTION_END)) {
            auditor.onTransactionEnd(transaction);
            return;
        }
        asked.begin(auditor.micros(transaction.endNanos()));
        asked.onTransaction(transaction);
        Verdict verdict = set.judge(Moment.TRANSACTION_END, asked);
        auditor.onTransactionEnd(transaction, verdict);
        tell(verdict, Moment.TRANSACTION_END, null, transaction.endNanos());
        if (ends != null && verdict.close() != null) {
            ends.onClose(verdict);
        }
    }

    @Override
    public void onParameterStatus(String name, String value) {
        if (question != null && name.equals("application_name")) {
            question.asker().onApplication(value);
        }
        auditor.onParameterStatus(name, value);
    }

    /** What expressions are told of budgets. */
    private record Counted(Meters meters) implements Meter {
        @Override
        public long rows(Key key, Duration window, Question question) {
            return meters.rows(key, window, question.asker(), fingerprint(question));
        }

        @Override
        public long bytes(Key key, Duration window, Question question) {
            return meters.bytes(key, window, question.asker(), fingerprint(question));
        }

        private static String fingerprint(Question question) {
            StatementFacts facts = question.facts();
            return facts == null ? "" : facts.fingerprint();
        }
    }
}
