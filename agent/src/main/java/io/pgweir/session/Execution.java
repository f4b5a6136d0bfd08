package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * One statement's life on the server: of a simple Query each statement, of the extended protocol each portal from its first
 * Execute to its end, each FunctionCall; and each Parse, Bind or Describe that failed.
 *
 * <p>Contract for the auditor; the session helper fills it in and may make it a final class.
 */
public interface Execution {
    /** Within the session, from 1. */
    long sequence();

    Path path();

    /** How far it came: the message that the server's answer ended at. */
    Step step();

    /** Null for function calls, and for an Execute whose statement pgweir never saw. */
    @Nullable
    SqlStatement statement();

    /** Bytes of the whole query text; larger than what {@link #statement()} shows where it was cut. */
    long textBytes();

    boolean textTruncated();

    /** SHA-256 of the whole query text where it was cut, else null (the encoder hashes the text itself). */
    byte @Nullable [] textSha256();

    /** Name of the protocol's prepared statement, empty for the unnamed; null in the simple protocol. */
    @Nullable
    String statementName();

    @Nullable
    String portalName();

    /** What SQL-level EXECUTE ran. */
    @Nullable
    SqlStatement resolved();

    /** Position among the executions of this pipeline (since the last Sync), from 0; and of the Query's statements. */
    int pipelinePosition();

    @Nullable
    Parameters parameters();

    /** OID of the function of a FunctionCall, else 0. */
    int functionOid();

    long startNanos();

    /** 0 where no row came. */
    long firstRowNanos();

    long endNanos();

    /** Nanoseconds within start..end that pgweir itself spent on this execution's messages. */
    long ownNanos();

    /** The command tag of CommandComplete; null where none came. */
    @Nullable
    String tag();

    /** Rows returned or affected: as the tag says, else as counted. */
    long rows();

    /** Bytes of DataRow and CopyData bodies that the server sent for it. */
    long bytes();

    /** Columns of its RowDescription; -1 where none was seen. */
    int fields();

    /** Null where it succeeded. */
    @Nullable
    ErrorFields error();

    /** Portal closed or destroyed before its last row. */
    boolean suspended();

    TransactionStatus statusBefore();

    TransactionStatus statusAfter();

    Transaction transaction();

    @Nullable
    CopyTotals copy();

    enum Path {
        SIMPLE,
        EXTENDED,
        FUNCTION_CALL
    }

    enum Step {
        PARSE,
        BIND,
        DESCRIBE,
        EXECUTE
    }
}
