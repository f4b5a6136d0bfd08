package io.pgweir.audit;

import io.pgweir.rules.Action;
import io.pgweir.rules.ActionKind;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.PgCharset;
import io.pgweir.wire.StartupPacket;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Turns what one client connection does into events. The proxy tells of the connection, the session tracker of what the two
 * streams mean. On the connection's event loop only; never blocks: an event that finds no room is counted by the trail.
 */
public final class SessionAuditor implements SessionRecords {
    public static final long NO_OUTCOME = -2;

    private final AuditTrail trail;
    private final TimeSource time;
    private final Uuids uuids;
    private Origin origin;
    private long sequence;
    private long outcome = NO_OUTCOME;

    private long executions;
    private long errors;
    private long rows;
    private long transactions;

    SessionAuditor(AuditTrail trail, TimeSource time, Uuids uuids, ClientFacts client) {
        this.trail = trail;
        this.time = time;
        this.uuids = uuids;
        this.origin = new Origin(
                uuids.next(),
                client,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                StandardCharsets.UTF_8,
                time.wallMicros(),
                time.nanos());
    }

    @Override
    public UUID session() {
        return origin.session();
    }

    /** Who and where, as the next record would say it. */
    public Origin origin() {
        return origin;
    }

    /** What it has done so far. */
    public SessionTotals totals() {
        return new SessionTotals(executions, errors, rows, transactions, time.nanos() - origin.baseNanos());
    }

    /** The client's TLS handshake is done. */
    public void onTls(TlsFacts tls) {
        origin = origin.withTls(tls);
    }

    /** The client asks for a session. */
    public void onStart(StartupPacket.Startup startup) {
        String user = startup.parameter("user", "");
        origin = origin.withStartup(
                user, startup.parameter("database", user), startup.parameter("application_name", ""));
        trail.offer(new AuditEvent.SessionStart(origin, ++sequence, time.nanos(), startup));
    }

    /** The session has a server; and again when its process id is known. */
    public void onServer(ServerFacts server) {
        origin = origin.withServer(server);
    }

    @Override
    public void onAuthentication(String method, @Nullable ErrorFields error, long nanos) {
        trail.offer(new AuditEvent.SessionAuth(origin, ++sequence, nanos, method, error));
    }

    @Override
    public void onLetIn(String method, Verdict verdict, long nanos) {
        trail.offer(new AuditEvent.SessionAuth(origin, ++sequence, nanos, method, null, verdict));
    }

    @Override
    public void onAlert(Hit hit, String channel, Moment moment, @Nullable SqlStatement statement, long nanos) {
        trail.offer(new AuditEvent.RuleAlert(origin, ++sequence, nanos, hit, channel, moment, statement));
    }

    @Override
    public long micros(long nanos) {
        return origin.micros(nanos);
    }

    @Override
    public void onExecution(Execution execution) {
        executions++;
        rows += execution.rows();
        if (execution.error() != null) {
            errors++;
        }
        transactions = Math.max(transactions, execution.transaction().number());
        if (execution.opinion() instanceof Verdict verdict && isLeftOut(verdict, execution)) {
            return;
        }
        long ticket = trail.offer(event(execution));
        if (execution.intent() != null && !execution.refused()) {
            outcome = outcome == AuditTrail.DROPPED ? outcome : ticket;
        }
    }

    /** What went wrong, and what has an intent on disk already, is never left out. */
    private boolean isLeftOut(Verdict verdict, Execution execution) {
        if (execution.error() != null || execution.intent() != null || !execution.answered()) {
            return false;
        }
        Action strongest = verdict.strongest();
        Action.Sample sample = verdict.sample();
        if (verdict.isExcluded()) {
            trail.leftOut().onExcluded();
            return true;
        }
        boolean sampled = sample != null
                && strongest != null
                && strongest.kind() == ActionKind.SAMPLE
                && ThreadLocalRandom.current().nextDouble() >= sample.share();
        if (sampled) {
            trail.leftOut().onSampledOut();
        }
        return sampled;
    }

    /**
     * A statement waits for its record to be on disk.
     *
     * @param id of the record
     * @return its ticket, or {@link AuditTrail#DROPPED}
     */
    public long onIntent(UUID id, Intent intent) {
        return trail.offer(new AuditEvent.StatementIntent(origin, ++sequence, id, intent));
    }

    /** For a record of this session that another one is to name. */
    public UUID newId() {
        return uuids.next();
    }

    /**
     * The ticket of the last outcome of a statement that had an intent and was not refused, {@link AuditTrail#DROPPED} where one
     * of them was dropped, {@link #NO_OUTCOME} where there was none since this was asked last.
     */
    public long takeOutcome() {
        long taken = outcome;
        outcome = NO_OUTCOME;
        return taken;
    }

    private AuditEvent event(Execution execution) {
        Origin origin = execution.placement() instanceof ServerFacts where ? this.origin.at(where) : this.origin;
        if (execution.path() == Execution.Path.FUNCTION_CALL) {
            return new AuditEvent.FunctionCall(origin, ++sequence, execution);
        }
        return execution.copy() == null
                ? new AuditEvent.Statement(origin, ++sequence, execution)
                : new AuditEvent.Copy(origin, ++sequence, execution);
    }

    @Override
    public void onTransactionEnd(Transaction transaction) {
        onTransactionEnd(transaction, Verdict.NONE);
    }

    @Override
    public void onTransactionEnd(Transaction transaction, Verdict verdict) {
        transactions = Math.max(transactions, transaction.number());
        trail.offer(new AuditEvent.TransactionEnd(origin, ++sequence, transaction, verdict));
    }

    @Override
    public void onParameterStatus(String name, String value) {
        switch (name) {
            case "application_name" -> origin = origin.withApplication(value);
            case "session_authorization" -> origin = origin.withSessionUser(value.equals(origin.user()) ? null : value);
            case "client_encoding" -> origin = origin.withCharset(PgCharset.of(value));
            case "in_hot_standby" -> origin = origin.withRole(value.equals("on") ? "standby" : "primary");
            default -> {
                // The record says nothing of other settings.
            }
        }
    }

    /** This connection brought a CancelRequest: for {@code target}, or for nobody that pgweir knows. */
    public void onCancel(@Nullable UUID target, boolean forwarded) {
        trail.offer(new AuditEvent.Cancel(origin, ++sequence, time.nanos(), target, forwarded));
    }

    /** The connection is over; the last call. */
    public void onEnd(EndFacts end) {
        long now = time.nanos();
        trail.onSessionEnd(end.cause());
        SessionTotals totals = totals();
        trail.offer(new AuditEvent.SessionEnd(origin, ++sequence, now, end, totals));
        AccessLog.onEnd(origin, end, totals);
    }
}
