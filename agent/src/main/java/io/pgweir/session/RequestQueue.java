package io.pgweir.session;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the client asked and the server has not answered in full, in the order of the wire: a ring of reused
 * {@link Request}s.
 *
 * <pre>
 *   head                                                     tail
 *   EXECUTE  COPY_STREAM  SYNC  COPY_END  SYNC | PARSE BIND EXECUTE SYNC
 *            '-- while EXECUTE runs a COPY IN, the server reads on to COPY_END and swallows the first SYNC
 * </pre>
 *
 * It has no limit of its own: a client can only be so far ahead as the buffers between it and the server hold.
 */
final class RequestQueue {
    static final int[] NO_TYPES = new int[0];

    private static final int CAPACITY_MIN = 16;

    /** Above it the ring is given back as soon as it is empty. */
    private static final int CAPACITY_KEPT = 1024;

    private Request[] slots = newSlots(CAPACITY_MIN);
    private int head;
    private int size;
    private int marks;
    private long popped;
    private long asked;

    /** After an error the server reads on to the next Sync and throws everything else away; that Sync is not here yet. */
    private boolean skipping;

    /** The client's next message comes in, whatever it is. */
    void onMessage() {
        asked++;
    }

    /** How many of the client's messages have come. */
    long asked() {
        return asked;
    }

    /** Null while the server throws away what is not a Sync. */
    @Nullable
    Request add(Request.Kind kind, long nanos) {
        if (skipping) {
            if (kind != Request.Kind.SYNC) {
                return null;
            }
            skipping = false;
        }
        if (size == slots.length) {
            grow();
        }
        Request request = at(size);
        request.clear();
        request.kind = kind;
        request.startNanos = nanos;
        request.number = asked;
        size++;
        marks += kind.isCopyMark() ? 1 : 0;
        return request;
    }

    /** As {@link #add}, of what goes to the server before the last one, which is in the queue. */
    Request addBeforeLast(Request.Kind kind, long nanos) {
        Request added = Objects.requireNonNull(add(kind, nanos));
        int behind = (head + size - 1) & (slots.length - 1);
        int before = (head + size - 2) & (slots.length - 1);
        slots[behind] = slots[before];
        slots[before] = added;
        return added;
    }

    /** Whether the server reads on to a Sync that has not come yet. */
    boolean isSegmentOpen() {
        for (int i = size - 1; i >= 0; i--) {
            Request.Kind kind = at(i).kind;
            if (!kind.isCopyMark()) {
                return !kind.endsSegment();
            }
        }
        return skipping;
    }

    @Nullable
    Request head() {
        return size == 0 ? null : slots[head];
    }

    /** {@code index} 0 is the head; at most {@link #size()} - 1. */
    Request at(int index) {
        return slots[(head + index) & (slots.length - 1)];
    }

    int size() {
        return size;
    }

    /** How many requests have left so far: while it stays, the server is at the same one. */
    long popped() {
        return popped;
    }

    /** Without the marks that COPY streams leave. */
    int outstanding() {
        return size - marks;
    }

    void stopSkipping() {
        skipping = false;
    }

    void pop() {
        popped++;
        Request request = slots[head];
        marks -= request.kind.isCopyMark() ? 1 : 0;
        request.clear();
        head = (head + 1) & (slots.length - 1);
        size--;
        if (size == 0 && slots.length > CAPACITY_KEPT) {
            slots = newSlots(CAPACITY_MIN);
            head = 0;
        }
    }

    void pop(int count) {
        for (int i = 0; i < count; i++) {
            pop();
        }
    }

    /** Drops {@code count} requests behind the head, which stays. */
    void popBehindHead(int count) {
        int last = (head + count) & (slots.length - 1);
        Request kept = slots[head];
        slots[head] = slots[last];
        slots[last] = kept;
        pop(count);
    }

    /** Index of the first request from {@code from} on that ends a segment; -1 where there is none. */
    int segmentEnd(int from) {
        for (int i = from; i < size; i++) {
            if (at(i).kind.endsSegment()) {
                return i;
            }
        }
        return -1;
    }

    /** Index of the first request of {@code kind} from {@code from} on; -1 where there is none. */
    int find(Request.Kind kind, int from) {
        for (int i = from; i < size; i++) {
            if (at(i).kind == kind) {
                return i;
            }
        }
        return -1;
    }

    /** The server failed in the extended protocol: all goes up to the next Sync, which stays. */
    void skipToSync() {
        while (size > 0 && slots[head].kind != Request.Kind.SYNC) {
            pop();
        }
        skipping = size == 0;
    }

    /**
     * A Sync in this doubt was at the head and took a ReadyForQuery, which may be that of the Sync behind it.
     *
     * @return whether nobody can tell if the server has skipped what is behind it
     */
    boolean passOn(Request.Doubt doubt) {
        if (doubt == Request.Doubt.NONE) {
            return false;
        }
        int next = 0;
        while (next < size && (at(next).kind.isCopyMark() || at(next).doubt == Request.Doubt.OF_SKIPPING)) {
            next++;
        }
        if (next < size && at(next).kind == Request.Kind.SYNC) {
            at(next).doubt = Request.Doubt.OF_ANSWER;
            return false;
        }
        return next < size && doubt == Request.Doubt.OF_SKIPPING;
    }

    private void grow() {
        Request[] grown = new Request[slots.length * 2];
        for (int i = 0; i < size; i++) {
            grown[i] = at(i);
        }
        for (int i = size; i < grown.length; i++) {
            grown[i] = new Request();
        }
        slots = grown;
        head = 0;
    }

    private static Request[] newSlots(int capacity) {
        Request[] slots = new Request[capacity];
        for (int i = 0; i < capacity; i++) {
            slots[i] = new Request();
        }
        return slots;
    }
}
