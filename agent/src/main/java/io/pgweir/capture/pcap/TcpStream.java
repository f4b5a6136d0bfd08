package io.pgweir.capture.pcap;

import java.nio.ByteBuffer;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a TCP connection: bytes in their order, from segments in any. Positions count its bytes from 0, so that sequence
 * numbers, which begin anywhere and wrap, are seen here only. One thread.
 *
 * <pre>
 *   0 ......... next ......... first kept ...
 *   handed on    hole, or          segments that came early
 *                what came early
 * </pre>
 */
final class TcpStream {
    /** What was sent twice, or lies further ahead than any window, is not kept. */
    private static final long WINDOW_BYTES_MAX = 1L << 30;

    private static final long UNKNOWN = -1;

    /** By where they begin; of two that begin at one place, the longer. */
    private final TreeMap<Long, Kept> kept = new TreeMap<>();

    private boolean begun;
    private int firstSequence;
    private long next;
    private long endAt = UNKNOWN;
    private long keptBytes;

    /**
     * A segment that waits for what comes before it.
     *
     * @param heard how much of the other direction its sender had
     */
    record Kept(long at, long epochNanos, long heard, byte[] bytes, int lost) {
        long end() {
            return at + bytes.length;
        }
    }

    /** Whether it is known where it begins. */
    boolean hasBegun() {
        return begun;
    }

    /** @param sequence of its first byte, or of the first that was seen */
    void begin(int sequence) {
        begun = true;
        firstSequence = sequence;
    }

    boolean beginsAt(int sequence) {
        return begun && firstSequence == sequence;
    }

    /** Of the next byte that is to be handed on. */
    long next() {
        return next;
    }

    /** The place of a sequence number, taken for the one nearest to {@link #next}. */
    long at(int sequence) {
        return next + (sequence - (firstSequence + (int) next));
    }

    /** FIN stands there. */
    void endsAt(long at) {
        if (endAt == UNKNOWN) {
            endAt = at;
        }
    }

    /** Everything up to FIN was handed on. */
    boolean isOver() {
        return endAt != UNKNOWN && next >= endAt;
    }

    /** As much of {@code place}, which an acknowledgment names, as is bytes: FIN counts as one there. */
    long withoutEnd(long place) {
        return endAt == UNKNOWN ? place : Math.min(place, endAt);
    }

    /** Whether a segment that begins there has something that was not handed on yet, and may have. */
    boolean isNew(long at, long bytes) {
        return at + bytes > next && at - next < WINDOW_BYTES_MAX;
    }

    /** The next byte to be handed on is that one. */
    void onHandedOn(long to) {
        next = to;
    }

    void keep(long at, TcpSegment segment, long heard) {
        Kept same = kept.get(at);
        ByteBuffer payload = segment.payload();
        if (same != null && same.bytes.length >= payload.remaining()) {
            return;
        }
        byte[] bytes = new byte[payload.remaining()];
        payload.get(payload.position(), bytes);
        kept.put(at, new Kept(at, segment.epochNanos(), heard, bytes, segment.lost()));
        keptBytes += bytes.length - (same == null ? 0 : same.bytes.length);
    }

    /** What comes next of what is kept, or lies behind a hole; null where nothing is. */
    @Nullable
    Kept first() {
        while (!kept.isEmpty()) {
            Kept first = kept.firstEntry().getValue();
            if (first.end() > next || (first.lost() > 0 && first.end() == next)) {
                return first;
            }
            remove(first);
        }
        return null;
    }

    void remove(Kept segment) {
        kept.remove(segment.at());
        keptBytes -= segment.bytes().length;
    }

    boolean keepsAny() {
        return !kept.isEmpty();
    }

    long keptBytes() {
        return keptBytes;
    }

    int keptSegments() {
        return kept.size();
    }
}
