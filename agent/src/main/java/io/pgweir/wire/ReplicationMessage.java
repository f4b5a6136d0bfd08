package io.pgweir.wire;

/**
 * What lies inside CopyData while a session replicates. Positions are byte positions in the write-ahead log, clocks
 * microseconds from 2000-01-01.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming Replication Protocol</a>
 */
public sealed interface ReplicationMessage {

    /** {@code 'w'}, from the server: {@code dataLength} bytes of log, or of logical changes. */
    record XLogData(long start, long end, long clock, int dataLength) implements ReplicationMessage {}

    /** {@code 'k'}, from the server. */
    record PrimaryKeepalive(long end, long clock, boolean replyRequested) implements ReplicationMessage {}

    /** {@code 'r'}, from the client: how far it has written, flushed and applied. */
    record StandbyStatusUpdate(long written, long flushed, long applied, long clock, boolean replyRequested)
            implements ReplicationMessage {}

    /** {@code 'h'}, from the client: the oldest transactions that it still needs, and their epochs. */
    record HotStandbyFeedback(long clock, int xmin, int xminEpoch, int catalogXmin, int catalogXminEpoch)
            implements ReplicationMessage {}

    /** A letter that PostgreSQL 18 does not use, or a body that does not read as the manual says. */
    record Unknown(byte type, int length) implements ReplicationMessage {}
}
