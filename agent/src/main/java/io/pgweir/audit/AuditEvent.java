package io.pgweir.audit;

import io.pgweir.audit.seal.Checkpoint;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.StartupPacket;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that is to be written down. Made on an event loop out of references to what is immutable already; redacting,
 * hashing and encoding are the writer thread's work. Holds no buffer.
 */
public sealed interface AuditEvent {

    /** The value of the record's {@code type}. */
    String type();

    /** When it began, in microseconds since 1970. */
    long micros();

    /** What belongs to one session. */
    sealed interface OfSession extends AuditEvent {
        Origin origin();

        /** Within the session, from 1, without holes: a missing one was lost. */
        long sequence();
    }

    /** An execution's end. Exactly one a {@link Execution}: {@link Statement}, {@link Copy} or {@link FunctionCall}. */
    sealed interface OfExecution extends OfSession {
        Execution execution();

        @Override
        default long micros() {
            return origin().micros(execution().startNanos());
        }
    }

    record SessionStart(Origin origin, long sequence, long nanos, StartupPacket.Startup startup) implements OfSession {
        @Override
        public String type() {
            return "session.start";
        }

        @Override
        public long micros() {
            return origin.micros(nanos);
        }
    }

    /** The server let the client in ({@code error} null) or not. */
    record SessionAuth(
            Origin origin,
            long sequence,
            long nanos,
            String method,
            @Nullable ErrorFields error,
            Verdict verdict) implements OfSession {
        public SessionAuth(Origin origin, long sequence, long nanos, String method, @Nullable ErrorFields error) {
            this(origin, sequence, nanos, method, error, Verdict.NONE);
        }

        @Override
        public String type() {
            return "session.auth";
        }

        @Override
        public long micros() {
            return origin.micros(nanos);
        }
    }

    record SessionEnd(Origin origin, long sequence, long nanos, EndFacts end, SessionTotals totals)
            implements OfSession {
        @Override
        public String type() {
            return "session.end";
        }

        @Override
        public long micros() {
            return origin.micros(nanos);
        }
    }

    record Statement(Origin origin, long sequence, Execution execution) implements OfExecution {
        @Override
        public String type() {
            return "statement";
        }
    }

    record Copy(Origin origin, long sequence, Execution execution) implements OfExecution {
        @Override
        public String type() {
            return "copy";
        }
    }

    record FunctionCall(Origin origin, long sequence, Execution execution) implements OfExecution {
        @Override
        public String type() {
            return "function_call";
        }
    }

    record TransactionEnd(Origin origin, long sequence, Transaction transaction, Verdict verdict) implements OfSession {
        public TransactionEnd(Origin origin, long sequence, Transaction transaction) {
            this(origin, sequence, transaction, Verdict.NONE);
        }

        @Override
        public String type() {
            return "transaction.end";
        }

        @Override
        public long micros() {
            return origin.micros(transaction.startNanos());
        }
    }

    /**
     * A CancelRequest; its session is the connection that brought it.
     *
     * @param target session whose key it named, null where no session has it
     * @param forwarded whether the server was asked
     */
    record Cancel(
            Origin origin,
            long sequence,
            long nanos,
            @Nullable UUID target,
            boolean forwarded) implements OfSession {
        @Override
        public String type() {
            return "cancel";
        }

        @Override
        public long micros() {
            return origin.micros(nanos);
        }
    }

    /**
     * A rule wants somebody told.
     *
     * @param channel as the rule names it
     * @param statement that it is about; null where it is about none, or about one that nobody knows
     */
    record RuleAlert(
            Origin origin,
            long sequence,
            long nanos,
            Hit hit,
            String channel,
            Moment moment,
            @Nullable SqlStatement statement)
            implements OfSession {
        @Override
        public String type() {
            return "rule.alert";
        }

        @Override
        public long micros() {
            return origin.micros(nanos);
        }
    }

    /**
     * A statement is about to reach the server, and this is on disk before it does.
     *
     * @param id of the record: its outcome's {@code intent}
     */
    record StatementIntent(Origin origin, long sequence, UUID id, Intent intent) implements OfSession {
        @Override
        public String type() {
            return "statement.intent";
        }

        @Override
        public long micros() {
            return origin.micros(intent.nanos());
        }
    }

    /**
     * Recording began.
     *
     * @param resumed where the trail that was found ended; null where none was
     */
    record AuditStart(long micros, @Nullable Resumed resumed) implements AuditEvent {
        @Override
        public String type() {
            return "audit.start";
        }
    }

    /**
     * Recording ended in an orderly way.
     *
     * @param records written since the start, this one not counted
     * @param dropped that found the queue full
     */
    record AuditStop(long micros, long records, long dropped, LeftOutTotals leftOut) implements AuditEvent {
        public AuditStop(long micros, long records, long dropped) {
            this(micros, records, dropped, LeftOutTotals.NONE);
        }

        @Override
        public String type() {
            return "audit.stop";
        }
    }

    /** Nothing happened since the record before; the trail is alive. */
    record AuditHeartbeat(long micros, long queued, LeftOutTotals leftOut) implements AuditEvent {
        public AuditHeartbeat(long micros, long queued) {
            this(micros, queued, LeftOutTotals.NONE);
        }

        @Override
        public String type() {
            return "audit.heartbeat";
        }
    }

    /** What the records since the last one of its kind hash to. */
    record AuditCheckpoint(long micros, Checkpoint checkpoint) implements AuditEvent {
        @Override
        public String type() {
            return "audit.checkpoint";
        }
    }

    /**
     * Something that pgweir works with was read anew.
     *
     * @param what {@code certificate}, {@code config} or {@code rules}
     * @param name of the listener; of the file; {@code rules}
     * @param before of rules, the hash of what was in force; null where the process begins
     * @param after of rules, the hash of what was taken over
     * @param error null where it was taken over
     */
    record AuditReload(
            long micros,
            String what,
            String name,
            @Nullable String before,
            @Nullable String after,
            @Nullable String error)
            implements AuditEvent {
        public AuditReload(long micros, String what, String name, @Nullable String error) {
            this(micros, what, name, null, null, error);
        }

        @Override
        public String type() {
            return "audit.reload";
        }
    }

    /**
     * A cluster is not what it was.
     *
     * @param node null where it concerns the cluster as a whole
     * @param change {@code leader}, {@code out}, {@code in}, {@code role} and others: docs/audit-events.md
     * @param before empty where it was not
     * @param after empty where it is no more
     * @param evidence one line a witness
     */
    record TopologyChange(
            long micros,
            String cluster,
            @Nullable String node,
            String change,
            String before,
            String after,
            List<String> evidence)
            implements AuditEvent {
        public TopologyChange {
            evidence = List.copyOf(evidence);
        }

        @Override
        public String type() {
            return "topology.change";
        }
    }

    /** A sink does not take records any more; the spool keeps them. */
    record SinkDown(long micros, String sink, String reason) implements AuditEvent {
        @Override
        public String type() {
            return "sink.down";
        }
    }

    /** A sink takes records again. */
    record SinkUp(long micros, String sink, long downMicros) implements AuditEvent {
        @Override
        public String type() {
            return "sink.up";
        }
    }

    /**
     * Records are missing, or were not as safe as they should have been.
     *
     * @param micros when the first one was lost
     * @param toMicros when the last one was lost
     * @param dropped how many; 0 where nobody knows
     * @param sink that lacks them; null for every one
     */
    record AuditGap(
            long micros,
            long toMicros,
            long dropped,
            Reason reason,
            @Nullable String sink) implements AuditEvent {
        public AuditGap(long micros, long toMicros, long dropped, Reason reason) {
            this(micros, toMicros, dropped, reason, null);
        }

        @Override
        public String type() {
            return "audit.gap";
        }

        public enum Reason {
            /** The writer could not follow. */
            QUEUE_FULL,
            /** This place refused to take them; another sink may have them. */
            SINK_FAILED,
            /** They could not be put into words: a fault of pgweir. */
            NOT_ENCODED,
            /** Statements went on before their records were on disk: the disk took too long. They are in the trail. */
            NOT_DURABLE,
            /** The spool had a piece that could not be read. */
            SPOOL_DAMAGED,
            /** A sink has them cut or in pieces: they were longer than it takes. */
            OVERSIZED,
            /** A sink has them under a later time: it takes no older ones. Their own is inside. */
            RESTAMPED
        }

        AuditGap and(AuditGap later) {
            return new AuditGap(
                    Math.min(micros, later.micros),
                    Math.max(toMicros, later.toMicros),
                    dropped + later.dropped,
                    reason,
                    Objects.equals(sink, later.sink) ? sink : null);
        }
    }
}
