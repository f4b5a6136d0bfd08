package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One place of the {@link RequestQueue}: what a client asked, as little of it as its answer needs. Reused. */
final class Request implements Asked {
    Kind kind = Kind.SYNC;
    long startNanos;

    /** Which of the client's messages it is, from 1. */
    long number;

    /** What pgweir spent on forwarding it. */
    long ownNanos;

    /** Statement of Parse, Describe, Close; portal of Bind, Execute, Describe, Close. */
    String name = "";

    /** Statement of Bind. */
    String statementName = "";

    /** Of Parse and Query; null where the message was malformed. */
    @Nullable
    QueryText text;

    /** Types of Parse. */
    int[] types = RequestQueue.NO_TYPES;

    /** Of Bind and FunctionCall. */
    @Nullable
    Parameters parameters;

    int functionOid;

    /** Of COPY_STREAM. */
    @Nullable
    CopyStream stream;

    /** Nothing but its type could be read; the server will refuse it. */
    boolean malformed;

    /** Asked by pgweir and not by the client. */
    boolean own;

    /** Of Sync. */
    Doubt doubt = Doubt.NONE;

    /** Of each statement that it runs, the id of the record that is on disk before the server hears of it. */
    UUID @Nullable [] intents;

    /** Of each statement, what the server is asked in its place, null for itself; null where all are asked as they came. */
    @Nullable
    SqlStatement @Nullable [] instead;

    /** Of each statement that it runs, what was thought of it; null where nothing was. */
    Opinion @Nullable [] opinions;

    /** Why pgweir had the server refuse it; null where it went as it came. */
    @Nullable
    ErrorFields refusal;

    @Override
    public long number() {
        return number;
    }

    @Override
    public long nanos() {
        return startNanos;
    }

    @Override
    public boolean isOwn() {
        return own;
    }

    void clear() {
        ownNanos = 0;
        name = "";
        statementName = "";
        text = null;
        types = RequestQueue.NO_TYPES;
        parameters = null;
        functionOid = 0;
        stream = null;
        malformed = false;
        own = false;
        doubt = Doubt.NONE;
        intents = null;
        opinions = null;
        instead = null;
        refusal = null;
    }

    /** Tells {@code execution}, of statement number {@code index}, what was noted down when it came in: behind a text that was cut, of the last. */
    void tell(Execution execution, int index) {
        execution.intent = intents == null ? null : intents[Math.min(index, intents.length - 1)];
        execution.opinion = opinion(index);
        execution.rewritten = rewritten(index);
        execution.refused = refusal != null;
    }

    @Nullable
    SqlStatement rewritten(int index) {
        return instead == null || index >= instead.length ? null : instead[index];
    }

    @Nullable
    Opinion opinion(int index) {
        return opinions == null ? null : opinions[Math.min(index, opinions.length - 1)];
    }

    /** Whether a Sync gets a ReadyForQuery: one sent inside a COPY IN that failed may have been swallowed. */
    enum Doubt {
        NONE,
        /** If it gets none, what is behind it runs all the same. */
        OF_ANSWER,
        /** If it gets none, the server skips what is behind it, up to the next Sync. */
        OF_SKIPPING
    }

    enum Kind {
        PARSE,
        BIND,
        DESCRIBE_STATEMENT,
        DESCRIBE_PORTAL,
        EXECUTE,
        CLOSE_STATEMENT,
        CLOSE_PORTAL,
        SYNC,
        QUERY,
        FUNCTION_CALL,
        /** CopyData that came before its CopyInResponse; no request, never answered. */
        COPY_STREAM,
        /** CopyDone or CopyFail; no request, never answered. */
        COPY_END;

        boolean isCopyMark() {
            return this == COPY_STREAM || this == COPY_END;
        }

        /** Answered by a ReadyForQuery. */
        boolean endsSegment() {
            return this == SYNC || this == QUERY || this == FUNCTION_CALL;
        }

        /** Answered by rows and CommandComplete. */
        boolean runs() {
            return this == EXECUTE || this == QUERY;
        }
    }
}
