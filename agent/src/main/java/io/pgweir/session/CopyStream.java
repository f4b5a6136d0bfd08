package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import io.pgweir.session.CopyTotals.Direction;
import io.pgweir.wire.copy.CopyRows;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** What flows in one COPY: counts rows and bytes and hashes, piece by piece, without allocation. */
final class CopyStream {
    private static final int WAITING_BYTES = 8192;
    private static final byte[] NONE = {};

    final Direction direction;
    private final CopyTotals.Format format;

    /** Null where the stream is no table's rows: each message counts as one. */
    private final @Nullable CopyRows counter;

    private final @Nullable MessageDigest digest;

    /** Of replication. */
    private final @Nullable WalStream wal;

    /** Bodies, one behind another: many short rows at once cost the digest and the counter a fraction of one by one. */
    private final byte[] waiting;

    private int waitingBytes;
    private long rows;
    private long bytes;

    private CopyStream(
            Direction direction,
            CopyTotals.Format format,
            @Nullable CopyRows counter,
            @Nullable MessageDigest digest,
            @Nullable WalStream wal) {
        this.direction = direction;
        this.format = format;
        this.counter = counter;
        this.digest = digest;
        this.wal = wal;
        this.waiting = counter == null ? NONE : new byte[WAITING_BYTES];
    }

    static CopyStream of(Direction direction, CopyShape shape, ServerSettings settings, boolean sha256) {
        CopyRows counter = switch (shape.format()) {
            case TEXT -> CopyRows.text(settings.charset(), shape.header());
            case CSV ->
                CopyRows.csv(
                        settings.charset(), shape.header(), shape.quote(), shape.escape(), settings.csvEndMarker());
            case BINARY -> CopyRows.binary();
        };
        return new CopyStream(direction, shape.format(), counter, sha256 ? Sha256.begin() : null, null);
    }

    /** What BASE_BACKUP sends. */
    static CopyStream archive(CopyShape shape, boolean sha256) {
        return new CopyStream(Direction.OUT, shape.format(), null, sha256 ? Sha256.begin() : null, null);
    }

    /** Replication. No digest: the order of the two ways' pieces is pgweir's own and would prove nothing. */
    static CopyStream both(CopyShape shape) {
        return new CopyStream(Direction.BOTH, shape.format(), null, null, new WalStream());
    }

    /** A piece of what flows where this stream flows one way only, or of what the server sends of a replication. */
    void add(ByteBuf buffer, int at, int length, boolean first) {
        if (wal != null) {
            wal.onServer(buffer, at, length, first);
        }
        bytes += length;
        if (counter == null) {
            rows += first ? 1 : 0;
            return;
        }
        for (int done = 0; done < length; ) {
            int piece = Math.min(WAITING_BYTES - waitingBytes, length - done);
            buffer.getBytes(at + done, waiting, waitingBytes, piece);
            waitingBytes += piece;
            done += piece;
            if (waitingBytes == WAITING_BYTES) {
                drain(counter);
            }
        }
    }

    /** A piece of what the client sends of a replication. */
    void addAnswer(ByteBuf buffer, int at, int length, boolean first) {
        if (wal != null) {
            wal.onClient(buffer, at, length, first);
        }
        bytes += length;
        rows += first ? 1 : 0;
    }

    private void drain(CopyRows rowsOf) {
        rowsOf.feed(waiting, 0, waitingBytes);
        if (digest != null) {
            digest.update(waiting, 0, waitingBytes);
        }
        waitingBytes = 0;
    }

    /** Ends it: to be called once. */
    CopyTotals toTotals() {
        if (counter != null) {
            drain(counter);
            counter.finish();
            rows = counter.rows();
        }
        return new CopyTotals(
                direction,
                format,
                rows,
                bytes,
                digest == null ? null : digest.digest(),
                wal == null ? null : wal.toTotals());
    }
}
