package io.pgweir.audit;

/**
 * What a session did in all.
 *
 * @param executions statements, copies and function calls that have a record
 * @param errors among them
 * @param rows returned or affected, by the server's word
 * @param transactions that ended, implicit ones too
 * @param durationNanos from accept to end
 */
public record SessionTotals(long executions, long errors, long rows, long transactions, long durationNanos) {
    /** Of one that has not begun. */
    public static final SessionTotals NONE = new SessionTotals(0, 0, 0, 0, 0);
}
