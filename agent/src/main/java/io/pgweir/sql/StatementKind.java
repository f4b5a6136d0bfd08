package io.pgweir.sql;

/** Statements that change what a session remembers; every other statement is {@link #OTHER}. */
public enum StatementKind {
    BEGIN,
    COMMIT,
    /** ROLLBACK, ABORT: the whole transaction. */
    ROLLBACK,
    SAVEPOINT,
    ROLLBACK_TO,
    RELEASE,
    PREPARE_TRANSACTION,
    COMMIT_PREPARED,
    ROLLBACK_PREPARED,
    /** PREPARE name AS ...: {@link SqlStatement#preparedName()} and {@link SqlStatement#preparedText()} are set. */
    PREPARE,
    /** EXECUTE name: {@link SqlStatement#preparedName()} is set. Also CREATE TABLE ... AS EXECUTE and EXPLAIN EXECUTE. */
    EXECUTE,
    /** DEALLOCATE name. */
    DEALLOCATE,
    DEALLOCATE_ALL,
    DISCARD_ALL,
    COPY,
    OTHER
}
