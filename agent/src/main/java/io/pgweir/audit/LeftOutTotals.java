package io.pgweir.audit;

/**
 * Executions without a record, since the start.
 *
 * @param excluded by rules that exclude
 * @param sampledOut by rules that sample
 */
public record LeftOutTotals(long excluded, long sampledOut) {
    /** Nothing was left out. */
    public static final LeftOutTotals NONE = new LeftOutTotals(0, 0);
}
