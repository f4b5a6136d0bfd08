package io.pgweir.capture;

import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which records are wanted. Those that open a session and tell its state are, whenever they were, where the session has others.
 *
 * @param sessions numbers; empty for all
 * @param fromNanos first moment that is wanted
 * @param toNanos first moment that is not; {@link Long#MAX_VALUE} for no end
 */
public record Selection(Set<Long> sessions, long fromNanos, long toNanos) {
    public static final Selection ALL = new Selection(Set.of(), Long.MIN_VALUE, Long.MAX_VALUE);

    public Selection {
        sessions = Set.copyOf(sessions);
    }

    boolean wants(CaptureRecord record) {
        return wantsSession(record.session())
                && (isWithin(record.nanos(), record.nanos())
                        || record instanceof SessionOpen
                        || record instanceof SessionState);
    }

    private boolean wantsSession(long session) {
        return sessions.isEmpty() || session == 0 || sessions.contains(session);
    }

    private boolean isWithin(long first, long last) {
        return last >= fromNanos && (first < toNanos || toNanos == Long.MAX_VALUE);
    }

    /** Offsets of the blocks that have something of it. */
    Set<Long> offsets(CaptureIndex index) {
        Map<Long, Long> opened = new HashMap<>();
        for (CaptureIndex.Session session : index.sessions()) {
            if (wantsSession(session.open().session())
                    && isWithin(session.open().nanos(), session.lastNanos())) {
                opened.put(session.open().session(), session.open().nanos());
            }
        }
        Set<Long> offsets = new HashSet<>();
        for (CaptureIndex.Block block : index.blocks()) {
            boolean within = isWithin(block.firstNanos(), block.lastNanos());
            for (long session : block.sessions()) {
                Long open = opened.get(session);
                if (open != null && (within || (open >= block.firstNanos() && open <= block.lastNanos()))) {
                    offsets.add(block.offset());
                }
            }
        }
        return offsets;
    }
}
