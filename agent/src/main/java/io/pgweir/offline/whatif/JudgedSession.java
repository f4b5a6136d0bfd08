package io.pgweir.offline.whatif;

import io.netty.buffer.ByteBuf;
import io.pgweir.audit.SessionRecords;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.proxy.judge.Judged;
import io.pgweir.proxy.judge.RequestRules;
import io.pgweir.proxy.judge.ResultJudge;
import io.pgweir.proxy.judge.Ruling;
import io.pgweir.proxy.judge.SessionRules;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.proxy.judge.Who;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Moment;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.session.Foreseen;
import io.pgweir.session.Parameters;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.TrackerOptions;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementCache;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.StartupPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One session under one rule set: asked as the proxy asks, of the same messages, whatever was said of those before. What a rule would
 * have kept from the server was answered by it nevertheless. One thread.
 */
final class JudgedSession {
    private static final TrackerOptions OPTIONS = new TrackerOptions(0, false);

    private final SharedRules shared;
    private final SessionTracker tracker;
    private final SessionRules rules;
    private final RequestRules requests;
    private final ResultJudge results;
    private final List<Judgement> judgements = new ArrayList<>();

    /** What ended the session, were it for the rules; null while nothing did. */
    private @Nullable Effect ended;

    private long nanos;

    /** Hears what the rules say of a session's beginning, and what became of its statements. */
    private final class Records implements SessionRecords {
        private final UUID session;
        private final long startMicros;

        /** @param startMicros when the capture began, since 1970 */
        Records(UUID session, long startMicros) {
            this.session = session;
            this.startMicros = startMicros;
        }

        @Override
        public UUID session() {
            return session;
        }

        @Override
        public long micros(long at) {
            return startMicros + at / 1000;
        }

        @Override
        public void onLetIn(String method, Verdict verdict, long at) {
            onSession(verdict);
        }

        @Override
        public void onExecution(Execution execution) {
            onResult(execution);
        }

        @Override
        public void onAuthentication(String method, @Nullable ErrorFields error, long at) {}

        @Override
        public void onAlert(Hit hit, String channel, Moment moment, @Nullable SqlStatement statement, long at) {}

        @Override
        public void onTransactionEnd(Transaction transaction) {}

        @Override
        public void onTransactionEnd(Transaction transaction, Verdict verdict) {}

        @Override
        public void onParameterStatus(String name, String value) {}
    }

    /** @param startMicros when the capture began, since 1970 */
    JudgedSession(
            SharedRules shared,
            StatementCache statements,
            SessionOpen open,
            Who who,
            StartupPacket.Startup startup,
            long startMicros) {
        this.shared = shared;
        rules = new SessionRules(shared, new Records(open.id(), startMicros), who);
        tracker = new SessionTracker(rules, statements::get, OPTIONS);
        requests = new RequestRules(shared, rules);
        results = new ResultJudge(shared, rules);
        nanos = open.nanos();
        tracker.onStartup(startup, nanos);
    }

    SessionTracker tracker() {
        return tracker;
    }

    /** Whether the server has let the client in, as far as the capture tells. */
    boolean isLetIn() {
        return rules.isAuthenticated();
    }

    /** What the rules said since this was asked last. */
    List<Judgement> take() {
        List<Judgement> taken = List.copyOf(judgements);
        judgements.clear();
        return taken;
    }

    private void onSession(Verdict verdict) {
        List<Effect> effects = Effects.ofSession(verdict);
        judgements.add(new Judgement(Judgement.What.SESSION, "", "", effects, verdict.hits()));
        if (verdict.close() != null || verdict.block() != null) {
            ended = effects.getFirst();
        }
    }

    /**
     * A message of the client.
     *
     * @param message borrowed for the call
     * @param whole whether all of it is there
     * @return what it runs; null where that is nothing
     */
    @Nullable
    Foreseen onFrontend(FrontendMessage message, int bodyLength, boolean whole, long at) {
        nanos = at;
        if (whole) {
            tracker.onFrontend(message, at);
        } else {
            tracker.onFrontendHead(message, bodyLength, at);
        }
        Foreseen next = tracker.foresee();
        Foreseen asked = next;
        Parameters parameters = null;
        RuleSet set = shared.current();
        if (message instanceof FrontendMessage.Bind(var body)) {
            asked = set.looksAt(Moment.BIND) ? tracker.foreseeBind() : null;
            parameters = asked == null ? null : SessionRules.parameters(body, asked.types());
        } else if (message instanceof FrontendMessage.FunctionCall(var body) && set.looksAt(Moment.BIND)) {
            parameters = SessionRules.parameters(body);
        }
        if (asked != null) {
            judge(asked, parameters, whole ? sql(message) : null);
        }
        return next;
    }

    private static @Nullable String sql(FrontendMessage message) {
        return switch (message) {
            case FrontendMessage.Query query -> query.sql();
            case FrontendMessage.Parse parse -> parse.sql();
            default -> null;
        };
    }

    private void judge(Foreseen asked, @Nullable Parameters parameters, @Nullable String sql) {
        RuleSet set = shared.current();
        Judged judged = rules.judge(set, asked, parameters, tracker.clientCharset(), nanos);
        List<Effect> effects = List.of();
        if (!judged.all().hits().isEmpty()) {
            tracker.opine(judged.verdicts());
            Ruling ruling = requests.on(asked, judged, sql);
            effects = Effects.of(judged, ruling);
            if (ruling instanceof Ruling.Close && ended == null && asked.step() == Execution.Step.EXECUTE) {
                ended = effects.getFirst();
            }
        }
        if (asked.step() == Execution.Step.EXECUTE) {
            SqlStatement first =
                    asked.statements().isEmpty() ? null : asked.statements().getFirst();
            Effect end = ended;
            judgements.add(new Judgement(
                    Judgement.What.STATEMENT,
                    first == null ? "" : first.fingerprint(),
                    first == null ? "" : first.redacted(),
                    end == null ? effects : List.of(end),
                    judged.all().hits()));
        }
    }

    /** A message of the server, but for rows and COPY data. */
    void onBackend(BackendMessage message, long at) {
        nanos = at;
        tracker.onBackend(message, at);
    }

    void onDataRow(int bodyLength, long at) {
        nanos = at;
        tracker.onDataRow(bodyLength, at);
    }

    void onFrontendCopyData(ByteBuf body, int length) {
        tracker.onFrontendCopyData(body, 0, length, true, true);
    }

    void onBackendCopyData(ByteBuf body, int length, long at) {
        nanos = at;
        tracker.onBackendCopyData(body, 0, length, true, true, at);
    }

    /** A statement is over: rules that count its rows are asked as of its last. */
    private void onResult(Execution execution) {
        Verdict request = execution.opinion() instanceof Verdict verdict ? verdict : Verdict.NONE;
        RuleSet counting = isEmpty(execution) ? null : results.counting(execution, tracker.clientCharset(), nanos);
        Verdict said = counting == null
                ? Verdict.NONE
                : results.judge(
                        counting, execution, execution.rows(), execution.bytes(), tracker.clientCharset(), nanos);
        List<Effect> effects = Effects.ofResult(request, said, execution);
        SqlStatement statement = execution.statement();
        List<Hit> fresh = said.hits().stream()
                .filter(hit -> !request.hits().contains(hit))
                .toList();
        judgements.add(new Judgement(
                Judgement.What.RESULT,
                statement == null ? "" : statement.fingerprint(),
                statement == null ? "" : statement.redacted(),
                ended == null ? effects : List.of(),
                fresh));
    }

    private static boolean isEmpty(Execution execution) {
        return execution.rows() == 0 && execution.copy() == null;
    }

    /** Nothing follows. */
    void close(long at) {
        nanos = at;
        tracker.onClosed(at);
    }
}
