package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.TransactionStatus;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One statement's life on the server: of a simple Query each statement, of the extended protocol each portal from its first
 * Execute to its end, each FunctionCall; and each Parse, Bind or Describe that failed.
 *
 * <p>Written by the tracker on the session's event loop until the listener is told; from then on nothing changes it, and any
 * thread may read it that got it through a queue.
 */
public final class Execution {
    final long sequence;
    final Path path;
    final int pipelinePosition;
    final long startNanos;
    final TransactionStatus statusBefore;

    Step step = Step.EXECUTE;

    @Nullable
    SqlStatement statement;

    long textBytes;
    boolean textTruncated;
    byte @Nullable [] textSha256;

    @Nullable
    String statementName;

    @Nullable
    String portalName;

    @Nullable
    SqlStatement resolved;

    @Nullable
    Parameters parameters;

    int functionOid;
    long firstRowNanos;
    long endNanos;
    long ownNanos;

    @Nullable
    String tag;

    long rows;
    long bytes;
    int fields = -1;

    @Nullable
    ErrorFields error;

    boolean answered;
    boolean suspended;
    boolean doubtful;
    TransactionStatus statusAfter;

    /** While it is the tracker's: what {@link #transaction} is made of. */
    final OpenTransaction within;

    Transaction transaction;

    @Nullable
    CopyTotals copy;

    @Nullable
    UUID intent;

    boolean refused;

    @Nullable
    Opinion opinion;

    @Nullable
    SqlStatement rewritten;

    @Nullable
    Placement placement;

    Execution(
            long sequence,
            Path path,
            int pipelinePosition,
            long startNanos,
            TransactionStatus statusBefore,
            OpenTransaction within) {
        this.sequence = sequence;
        this.path = path;
        this.pipelinePosition = pipelinePosition;
        this.startNanos = startNanos;
        this.statusBefore = statusBefore;
        this.statusAfter = statusBefore;
        this.within = within;
        this.transaction = within.toTransaction();
    }

    /** Where it ran; null where a session has one server only. */
    public @Nullable Placement placement() {
        return placement;
    }

    /** Within the session, from 1, in the order of beginnings; a row-limited portal may be told after later ones. */
    public long sequence() {
        return sequence;
    }

    public Path path() {
        return path;
    }

    /** How far it came: the message that the server's answer ended at. EXECUTE for simple queries and function calls. */
    public Step step() {
        return step;
    }

    /** Null for function calls, empty queries, and for an Execute whose statement pgweir never saw. */
    public @Nullable SqlStatement statement() {
        return statement;
    }

    /** Bytes of the whole query text; larger than what {@link #statement()} shows where it was cut. */
    public long textBytes() {
        return textBytes;
    }

    public boolean textTruncated() {
        return textTruncated;
    }

    /** SHA-256 of the whole query text as sent where it was cut, else null (the encoder hashes the text itself). */
    public byte @Nullable [] textSha256() {
        return textSha256;
    }

    /** Name of the protocol's prepared statement, empty for the unnamed; null in the simple protocol. */
    public @Nullable String statementName() {
        return statementName;
    }

    public @Nullable String portalName() {
        return portalName;
    }

    /** What SQL-level EXECUTE ran, or FETCH brought rows of: a DECLARE, or what a portal was bound to. */
    public @Nullable SqlStatement resolved() {
        return resolved;
    }

    /** Position among the executions since the last ReadyForQuery, from 0: of a pipeline, of a Query's statements. */
    public int pipelinePosition() {
        return pipelinePosition;
    }

    /** Null where nothing was bound. */
    public @Nullable Parameters parameters() {
        return parameters;
    }

    /** OID of the function of a FunctionCall, else 0. */
    public int functionOid() {
        return functionOid;
    }

    /** When its request arrived; for the second and later statements of a Query, when the one before it ended. */
    public long startNanos() {
        return startNanos;
    }

    /** 0 where no row came. */
    public long firstRowNanos() {
        return firstRowNanos;
    }

    public long endNanos() {
        return endNanos;
    }

    /** Nanoseconds within start..end that pgweir itself spent on this execution's messages. */
    public long ownNanos() {
        return ownNanos;
    }

    /** The command tag of CommandComplete; null where none came. */
    public @Nullable String tag() {
        return tag;
    }

    /** Rows returned or affected: as the tag says, else as counted. */
    public long rows() {
        return rows;
    }

    /** Bytes of DataRow and CopyData bodies that the server sent for it. */
    public long bytes() {
        return bytes;
    }

    /** Columns of its RowDescription; -1 where none was seen. */
    public int fields() {
        return fields;
    }

    /**
     * Null where it succeeded. Where a pipeline's commit at Sync failed, its last execution bears both its tag and this
     * error.
     */
    public @Nullable ErrorFields error() {
        return error;
    }

    /** False where the connection ended before the server said how it went, or the answer was missed. */
    public boolean answered() {
        return answered;
    }

    /** Portal closed or destroyed before its last row. */
    public boolean suspended() {
        return suspended;
    }

    /**
     * Whether it may be another request's answers that are told here: from an answer that fits no request, or a Sync of which
     * nobody can tell whether a failed COPY swallowed it, until nothing is outstanding; and of names given meanwhile.
     */
    public boolean doubtful() {
        return doubtful;
    }

    public TransactionStatus statusBefore() {
        return statusBefore;
    }

    /** As ReadyForQuery says; between two executions of one segment, as their tags say. */
    public TransactionStatus statusAfter() {
        return statusAfter;
    }

    public Transaction transaction() {
        return transaction;
    }

    public @Nullable CopyTotals copy() {
        return copy;
    }

    /** Id of the record that was on disk before the server heard of it; null where none had to be. */
    public @Nullable UUID intent() {
        return intent;
    }

    /** Whether pgweir refused it: nothing of it has run. */
    public boolean refused() {
        return refused;
    }

    /** What was thought of it before the server heard of it; null where nothing was. */
    public @Nullable Opinion opinion() {
        return opinion;
    }

    /** What the server was asked in the place of {@link #statement()}; null where that was asked itself. */
    public @Nullable SqlStatement rewritten() {
        return rewritten;
    }

    /** Which of the protocol's three ways ran it. */
    public enum Path {
        SIMPLE,
        EXTENDED,
        FUNCTION_CALL
    }

    /** The message that a server's answer ended at. */
    public enum Step {
        PARSE,
        BIND,
        DESCRIBE,
        EXECUTE
    }
}
