package io.pgweir.topology;

/**
 * How far a node is behind its leader.
 *
 * @param bytes of WAL that it has not replayed; 0 where {@code bytesFrom} is {@link Source#UNKNOWN}
 * @param nanos an upper bound of the time since the oldest of them was written; 0 where {@code timeFrom} is unknown
 */
public record Lag(long bytes, Source bytesFrom, long nanos, Source timeFrom) {
    public static final Lag UNKNOWN = new Lag(0, Source.UNKNOWN, 0, Source.UNKNOWN);

    /** Of a leader. */
    public static final Lag NONE = new Lag(0, Source.SELF, 0, Source.SELF);

    /** Who says so. */
    public enum Source {
        UNKNOWN,
        /** A leader is not behind itself. */
        SELF,
        /** The servers, asked by pgweir. */
        SQL,
        /** Patroni, of replayed WAL. */
        PATRONI,
        /** Patroni, of received WAL: a lower bound, which can show that a node is behind and never that it is not. */
        PATRONI_RECEIVED
    }
}
