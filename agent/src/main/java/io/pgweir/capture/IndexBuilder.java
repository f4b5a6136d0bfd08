package io.pgweir.capture;

import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sums up records as they are written, or as they are read where the index is lost. One thread. */
final class IndexBuilder {
    private final List<CaptureIndex.Block> blocks = new ArrayList<>();
    private final Map<Long, Sum> sums = new HashMap<>();
    private final List<Long> blockSessions = new ArrayList<>();

    /** Of the record before: most often the next one is the same session's. */
    private @Nullable Sum latest;

    private long records;
    private long droppedMessages;
    private long droppedBytes;

    private static final class Sum {
        SessionOpen open;
        long lastNanos;
        long frontend;
        long backend;
        long bytes;
        long dropped;
        String cause = "";

        /** Number of the block that it was last seen in; -1 for none. */
        int block = -1;

        Sum(SessionOpen open) {
            this.open = open;
        }

        CaptureIndex.Session session() {
            return new CaptureIndex.Session(open, lastNanos, frontend, backend, bytes, dropped, cause);
        }
    }

    void onRecord(CaptureRecord record) {
        records++;
        if (record.session() == 0) {
            if (record instanceof Gap gap) {
                onGap(gap);
            }
            return;
        }
        Sum sum = sum(record.session(), record.nanos());
        switch (record) {
            case SessionOpen open -> sum.open = open;
            case Gap gap -> {
                onGap(gap);
                sum.dropped += gap.messages();
            }
            case SessionEnd end -> sum.cause = end.cause();
            case Message message -> {
                boolean whole = !message.is(Message.CONTINUES);
                onMessage(sum, message.direction(), whole, message.body().length);
            }
            case CaptureRecord.SessionState _, CaptureRecord.Response _, CaptureRecord.Cancel _ -> {}
        }
    }

    /** The same for a message whose record nobody made. */
    void onMessage(long session, long nanos, CaptureRecord.Direction direction, boolean first, int bytes) {
        records++;
        onMessage(sum(session, nanos), direction, first, bytes);
    }

    /** The same for a response. */
    void onResponse(long session, long nanos) {
        records++;
        sum(session, nanos);
    }

    private static void onMessage(Sum sum, CaptureRecord.Direction direction, boolean first, int bytes) {
        sum.bytes += bytes;
        if (first) {
            switch (direction) {
                case FRONTEND -> sum.frontend++;
                case BACKEND -> sum.backend++;
            }
        }
    }

    private void onGap(Gap gap) {
        droppedMessages += gap.messages();
        droppedBytes += gap.bytes();
    }

    private Sum sum(long session, long nanos) {
        Sum sum = latest;
        if (sum == null || sum.open.session() != session) {
            sum = sums.computeIfAbsent(session, number -> new Sum(unseen(number, nanos)));
            latest = sum;
        }
        if (sum.block != blocks.size()) {
            sum.block = blocks.size();
            blockSessions.add(session);
        }
        sum.lastNanos = Math.max(sum.lastNanos, nanos);
        return sum;
    }

    /** Stands for a session whose opening is not there. */
    private static SessionOpen unseen(long session, long nanos) {
        Leg nowhere = new Leg("", "");
        return new SessionOpen(
                session, nanos, new UUID(0, session), Origin.CONTINUED, "", "", "", 0, List.of(), nowhere, nowhere);
    }

    /** The records since the last block make up this one. */
    void onBlock(BlockHead head, long offset) {
        blocks.add(new CaptureIndex.Block(
                offset,
                head.stored(),
                head.plain(),
                head.records(),
                head.firstNanos(),
                head.lastNanos(),
                blockSessions.stream().sorted().toList()));
        blockSessions.clear();
    }

    int sessions() {
        return sums.size();
    }

    long droppedMessages() {
        return droppedMessages;
    }

    long droppedBytes() {
        return droppedBytes;
    }

    CaptureIndex build() {
        List<CaptureIndex.Session> sessions = sums.values().stream()
                .map(Sum::session)
                .sorted(Comparator.comparingLong(session -> session.open().session()))
                .toList();
        return new CaptureIndex(blocks, sessions, records, droppedMessages, droppedBytes);
    }
}
