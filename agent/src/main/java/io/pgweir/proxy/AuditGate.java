package io.pgweir.proxy;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.audit.AuditTrail;
import io.pgweir.audit.Intent;
import io.pgweir.audit.SessionAuditor;
import io.pgweir.audit.TimeSource;
import io.pgweir.config.AuditConfig.Durability;
import io.pgweir.config.AuditConfig.Level;
import io.pgweir.config.AuditConfig.OnExhausted;
import io.pgweir.config.AuditConfig.StatementClass;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.session.Execution;
import io.pgweir.session.Foreseen;
import io.pgweir.sql.SqlStatement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds a session back until its records are as safe as their statements' class asks.
 *
 * <pre>
 *   request  write-ahead           intent queued ---> on disk ------------------------> goes on
 *            any, fail-closed      the trail is exhausted ---> it keeps records again -> goes on
 *   answer   write-ahead           outcome queued --> on disk ------------------------> ReadyForQuery goes on
 *
 *   too long, fail-open            goes on; an audit.gap counts it
 *   too long, fail-closed          request: the server is made to refuse it, the client hears 57P03
 *                                  answer: the session ends with 57P03, for its outcome is in nobody's hands
 * </pre>
 *
 * <p>Thread: the session's event loop.
 */
final class AuditGate {
    private static final long LOOK_MILLIS = 2;

    private final AuditTrail trail;
    private final Durability durability;
    private final Meaning meaning;
    private final EventExecutor loop;
    private final Listener listener;
    private final boolean on;
    private final Wait request = new Wait();
    private final Wait answer = new Wait();

    /** Whether an outcome is awaited that may not go by unkept. */
    private boolean closedOutcome;

    /** What a session does when a wait is over. */
    interface Listener {
        void onRequestFree();

        /** @param cause why its record cannot be kept */
        void onRequestRefused(String cause);

        void onAnswerFree();

        void onAnswerRefused(String cause);
    }

    /** One thing that is waited for. */
    private static final class Wait {
        private int number;
        private boolean waiting;
        private long sinceNanos;
        private @Nullable Future<?> limit;

        int begin() {
            waiting = true;
            sinceNanos = System.nanoTime();
            return ++number;
        }

        boolean isStill(int asked) {
            return waiting && number == asked;
        }

        /** @return how long it was waited for, in nanoseconds */
        long end() {
            waiting = false;
            if (limit != null) {
                limit.cancel(false);
                limit = null;
            }
            return System.nanoTime() - sinceNanos;
        }
    }

    AuditGate(AuditTrail trail, Durability durability, Meaning meaning, EventExecutor loop, Listener listener) {
        this.trail = trail;
        this.durability = durability;
        this.meaning = meaning;
        this.loop = loop;
        this.listener = listener;
        this.on = durability.holdsBack();
    }

    /** Whether it ever holds anything back. */
    boolean isOn() {
        return on;
    }

    /**
     * The client asks for something, and the tracker has heard it.
     *
     * @param next what it runs; null where that is nothing
     */
    Disposition onRequest(@Nullable Foreseen next) {
        if (!on || next == null) {
            return Disposition.FORWARD;
        }
        Durability.Rule rule = rule(next);
        if (rule.level() == Level.WRITE_AHEAD) {
            return holdForIntent(next, rule);
        }
        if (rule.level() == Level.BOUNDED
                && rule.onExhausted() == OnExhausted.FAIL_CLOSED
                && trail.exhausted() != null) {
            return holdForRoom();
        }
        return Disposition.FORWARD;
    }

    private Durability.Rule rule(Foreseen next) {
        Durability.Rule rule = next.anything() ? durability.strictest() : null;
        if (next.path() == Execution.Path.FUNCTION_CALL) {
            rule = durability.of(StatementClass.FUNCTION);
        }
        rule = strictest(rule, next.statements());
        rule = strictest(rule, next.also());
        return rule == null ? durability.rest() : rule;
    }

    private Durability.@Nullable Rule strictest(Durability.@Nullable Rule sofar, List<SqlStatement> statements) {
        Durability.Rule strictest = sofar;
        for (int i = 0; i < statements.size(); i++) {
            Durability.Rule one = durability.of(classOf(statements.get(i)));
            strictest = strictest == null ? one : strictest.and(one);
        }
        return strictest;
    }

    private static StatementClass classOf(SqlStatement statement) {
        return switch (statement.statementClass()) {
            case READ -> StatementClass.READ;
            case WRITE -> StatementClass.WRITE;
            case FUNCTION -> StatementClass.FUNCTION;
            case ROLE -> StatementClass.ROLE;
            case DDL -> StatementClass.DDL;
            case MISC -> StatementClass.MISC;
            case MISC_SET -> StatementClass.MISC_SET;
        };
    }

    private Disposition holdForIntent(Foreseen next, Durability.Rule rule) {
        boolean closed = rule.onExhausted() == OnExhausted.FAIL_CLOSED;
        closedOutcome |= closed;
        UUID covering = next.intent();
        if (covering != null) {
            // On disk since its Parse was held.
            meaning.tracker().intend(covering);
            return Disposition.FORWARD;
        }
        long ticket = recordIntents(next);
        int number = request.begin();
        if (ticket == AuditTrail.DROPPED) {
            loop.execute(() -> onRequestLimit(number, closed));
        } else {
            trail.whenDurable(ticket, loop, () -> onRequestSafe(number));
            request.limit = loop.schedule(
                    () -> onRequestLimit(number, closed),
                    durability.syncWaitMax().toMillis(),
                    TimeUnit.MILLISECONDS);
        }
        return Disposition.HOLD;
    }

    /** One a statement; of a message that pgweir cannot see into, one. */
    private long recordIntents(Foreseen next) {
        List<SqlStatement> statements = next.statements();
        UUID[] ids = new UUID[Math.max(1, statements.size())];
        long ticket = 0;
        SessionAuditor auditor = meaning.auditor();
        for (int i = 0; i < ids.length; i++) {
            ids[i] = auditor.newId();
            long one = auditor.onIntent(
                    ids[i],
                    new Intent(
                            meaning.nanos(),
                            next.path(),
                            next.step(),
                            statements.isEmpty() ? null : statements.get(i),
                            next.statementName(),
                            next.portalName(),
                            next.functionOid()));
            ticket = one == AuditTrail.DROPPED || ticket == AuditTrail.DROPPED ? AuditTrail.DROPPED : one;
        }
        meaning.tracker().intend(ids);
        return ticket;
    }

    private Disposition holdForRoom() {
        int number = request.begin();
        lookForRoom(number);
        request.limit = loop.schedule(
                () -> onRequestLimit(number, true), durability.waitMax().toMillis(), TimeUnit.MILLISECONDS);
        return Disposition.HOLD;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Nobody cancels it: a look too many does no harm.
    private void lookForRoom(int number) {
        loop.schedule(
                () -> {
                    if (!request.isStill(number)) {
                        return;
                    }
                    if (trail.exhausted() == null) {
                        onRequestSafe(number);
                    } else {
                        lookForRoom(number);
                    }
                },
                LOOK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void onRequestSafe(int number) {
        if (request.isStill(number)) {
            meaning.onHeld(request.end());
            listener.onRequestFree();
        }
    }

    private void onRequestLimit(int number, boolean closed) {
        if (!request.isStill(number)) {
            return;
        }
        meaning.onHeld(request.end());
        if (closed) {
            listener.onRequestRefused(cause());
        } else {
            tellNotDurable();
            listener.onRequestFree();
        }
    }

    /** ReadyForQuery is about to go to the client, and the tracker has told of all that it ends. */
    Disposition onReady() {
        if (!on) {
            return Disposition.FORWARD;
        }
        long ticket = meaning.auditor().takeOutcome();
        boolean closed = closedOutcome;
        closedOutcome &= meaning.tracker().outstanding() > 0;
        if (ticket == SessionAuditor.NO_OUTCOME || (ticket >= 0 && trail.isDurable(ticket))) {
            return Disposition.FORWARD;
        }
        int number = answer.begin();
        if (ticket == AuditTrail.DROPPED) {
            loop.execute(() -> onAnswerLimit(number, closed));
        } else {
            trail.whenDurable(ticket, loop, () -> onAnswerSafe(number));
            answer.limit = loop.schedule(
                    () -> onAnswerLimit(number, closed),
                    durability.syncWaitMax().toMillis(),
                    TimeUnit.MILLISECONDS);
        }
        return Disposition.HOLD;
    }

    private void onAnswerSafe(int number) {
        if (answer.isStill(number)) {
            answer.end();
            listener.onAnswerFree();
        }
    }

    private void onAnswerLimit(int number, boolean closed) {
        if (!answer.isStill(number)) {
            return;
        }
        answer.end();
        if (closed) {
            listener.onAnswerRefused(cause());
        } else {
            tellNotDurable();
            listener.onAnswerFree();
        }
    }

    /** Whether it holds something back. */
    boolean isHolding() {
        return request.waiting || answer.waiting;
    }

    /** The session is over. */
    void close() {
        request.end();
        answer.end();
    }

    private void tellNotDurable() {
        long now = TimeSource.SYSTEM.wallMicros();
        trail.addGap(new AuditGap(now, now, 1, AuditGap.Reason.NOT_DURABLE));
    }

    private String cause() {
        String cause = trail.exhausted();
        return cause == null ? "not on disk within " + durability.syncWaitMax().toMillis() + " ms" : cause;
    }
}
