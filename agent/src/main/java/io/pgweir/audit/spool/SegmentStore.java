package io.pgweir.audit.spool;

import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments that are kept, what they weigh, and which may go: those that every sink has, when their retention is over, or
 * before that when the room is needed. The newest always stays, because it tells where the spool ends. Writer thread, but for what
 * says otherwise.
 */
final class SegmentStore {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentStore.class);

    private final AuditConfig.Spool config;
    private final SpoolDisk disk;
    private final LongSupplier nanos;

    private volatile SegmentList list;
    private volatile long bytes;
    private final Map<Segment, Long> sizes = new HashMap<>();
    /** Since when every sink has a segment. */
    private final Map<Segment, Long> deliveredNanos = new HashMap<>();

    private boolean toldOfHaste;

    SegmentStore(AuditConfig.Spool config, SpoolDisk disk, LongSupplier nanos, List<Segment> found) throws IOException {
        this.config = config;
        this.disk = disk;
        this.nanos = nanos;
        list = new SegmentList(found);
        for (Segment segment : found) {
            resize(segment, Files.size(segment.path()));
        }
    }

    /** Any thread. */
    SegmentList list() {
        return list;
    }

    /** Of all files. Any thread. */
    long bytes() {
        return bytes;
    }

    /** {@code segment} is the newest, and so long. */
    void grown(Segment segment, long size) {
        if (list.all().isEmpty() || !list.all().getLast().equals(segment)) {
            list = list.and(segment);
        }
        resize(segment, size);
    }

    private void resize(Segment segment, long size) {
        Long before = sizes.put(segment, size);
        weigh(size - (before == null ? 0 : before));
    }

    private void weigh(long more) {
        long sum = bytes;
        sum += more;
        bytes = sum;
    }

    /** Deletes what every one of {@code cursors} has and whose retention is over. */
    void expire(Collection<SpoolCursor> cursors) {
        long delivered = delivered(cursors);
        long now = nanos.getAsLong();
        for (int i = 0; i < list.all().size() && list.end(i) <= delivered; i++) {
            deliveredNanos.putIfAbsent(list.all().get(i), now);
        }
        while (isOver(list.all(), now) && deleteOldest()) {
            toldOfHaste = false;
        }
    }

    private boolean isOver(List<Segment> kept, long now) {
        Long since = kept.size() < 2 ? null : deliveredNanos.get(kept.getFirst());
        return since != null && now - since >= config.retention().toNanos();
    }

    /** Whether {@code more} bytes fit; deletes what every sink has before its retention is over, where they would not. */
    boolean makeRoom(long more, Collection<SpoolCursor> cursors) {
        while (bytes + more > config.maxBytes()) {
            if (cursors.isEmpty()) {
                return false;
            }
            if (list.all().size() == 1 && cursors.stream().allMatch(cursor -> cursor.bytesBehind() == 0)) {
                // One long record alone can weigh so much. What comes next begins a new segment, then this one can go.
                return true;
            }
            if (list.end(0) > delivered(cursors) || !deleteOldest()) {
                return false;
            }
            if (!toldOfHaste) {
                toldOfHaste = true;
                LOG.atWarn()
                        .addKeyValue("maxBytes", config.maxBytes())
                        .log("audit spool needs room: segments that every sink has go before their retention is over");
            }
        }
        return true;
    }

    private static long delivered(Collection<SpoolCursor> cursors) {
        long delivered = Long.MAX_VALUE - 1;
        for (SpoolCursor cursor : cursors) {
            delivered = Math.min(delivered, cursor.position());
        }
        return delivered;
    }

    private boolean deleteOldest() {
        Segment oldest = list.all().getFirst();
        try {
            disk.delete(oldest.path());
        } catch (IOException fault) {
            LOG.atWarn()
                    .addKeyValue("file", oldest.path())
                    .addKeyValue("fault", fault.toString())
                    .log("audit segment cannot be deleted");
            return false;
        }
        list = list.withoutOldest();
        deliveredNanos.remove(oldest);
        Long size = sizes.remove(oldest);
        weigh(size == null ? 0 : -size);
        return true;
    }
}
