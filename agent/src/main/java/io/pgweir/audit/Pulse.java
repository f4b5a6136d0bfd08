package io.pgweir.audit;

import io.pgweir.audit.seal.Chain;
import io.pgweir.audit.seal.SigningKey;
import io.pgweir.config.AuditConfig;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** When the trail speaks for itself: a checkpoint after so many records or so long, a heartbeat in silence. Writer thread. */
final class Pulse {
    private final @Nullable SigningKey key;
    private final int records;
    private final long intervalNanos;
    private final long heartbeatNanos;
    private final IntSupplier queued;
    private final Supplier<LeftOutTotals> leftOut;
    private final TimeSource time;
    private long checkpointNanos;
    private long newestSeq;
    private long newestNanos;

    Pulse(
            AuditConfig.Seal seal,
            @Nullable SigningKey key,
            IntSupplier queued,
            Supplier<LeftOutTotals> leftOut,
            TimeSource time) {
        this.key = key;
        records = seal.records();
        intervalNanos = seal.interval().toNanos();
        heartbeatNanos = seal.heartbeat().toNanos();
        this.queued = queued;
        this.leftOut = leftOut;
        this.time = time;
        checkpointNanos = time.nanos();
        newestNanos = checkpointNanos;
    }

    /** A checkpoint where enough records have none; to be recorded as the next one, at once. */
    AuditEvent.@Nullable AuditCheckpoint checkpointIfFull(Chain chain) {
        return chain.uncovered() > records ? checkpoint(chain) : null;
    }

    /** What it is time for; null where it is time for nothing. To be recorded as the next one, at once. */
    @Nullable
    AuditEvent due(Chain chain) {
        long now = time.nanos();
        if (now - checkpointNanos >= intervalNanos && hasNew(chain)) {
            return checkpoint(chain);
        }
        if (chain.seq() != newestSeq) {
            newestSeq = chain.seq();
            newestNanos = now;
        } else if (heartbeatNanos > 0 && now - newestNanos >= heartbeatNanos) {
            return new AuditEvent.AuditHeartbeat(time.wallMicros(), queued.getAsInt(), leftOut.get());
        }
        return null;
    }

    /** For what no checkpoint covers; null where there is nothing. */
    AuditEvent.@Nullable AuditCheckpoint last(Chain chain) {
        return hasNew(chain) ? checkpoint(chain) : null;
    }

    /** More than the last checkpoint's own record. */
    private static boolean hasNew(Chain chain) {
        return chain.uncovered() > 1;
    }

    private AuditEvent.AuditCheckpoint checkpoint(Chain chain) {
        checkpointNanos = time.nanos();
        return new AuditEvent.AuditCheckpoint(time.wallMicros(), chain.checkpoint(key));
    }
}
