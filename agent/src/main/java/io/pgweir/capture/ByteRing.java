package io.pgweir.capture;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A queue of byte strings from many threads to one, in memory that is there from the beginning: nobody waits, nothing is allocated,
 * and its size in bytes is its limit.
 *
 * <pre>
 *   head                                       tail
 *    | length, bytes | length, bytes | 0, being filled |  zeros ...
 * </pre>
 *
 * A producer moves the tail to claim room, fills it, and last of all writes its length, which is what the consumer looks at; so a
 * record is seen whole or not at all, and records come in the order of their claims. The consumer leaves zeros behind. A negative
 * length is room that holds nothing: before the end, where a record did not fit in one piece.
 */
final class ByteRing {
    static final int FULL = -1;

    private static final int HEADER_BYTES = 8;
    private static final int TELL_BYTES = 16 << 10;
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(ByteRing.class, "head", long.class);
            TAIL = lookup.findVarHandle(ByteRing.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ByteBuffer bytes;
    private final int capacity;

    @SuppressWarnings("unused") // through HEAD
    private long head;

    @SuppressWarnings("unused") // through TAIL
    private long tail;

    /** Is given a record; it may not keep {@code bytes}, whose position and limit are its own. */
    interface Consumer {
        void accept(ByteBuffer bytes);
    }

    /** @param bytesMax rounded up to a power of two */
    ByteRing(int bytesMax) {
        capacity = Math.max(1024, Integer.highestOneBit(bytesMax - 1) << 1);
        bytes = ByteBuffer.allocateDirect(capacity + Long.BYTES).alignedSlice(Long.BYTES);
    }

    /** A view for one producer, who puts into it what it claimed room for. */
    ByteBuffer view() {
        return bytes.duplicate();
    }

    /** Longest record that can ever fit. */
    int recordBytesMax() {
        return capacity / 4;
    }

    /** Bytes that wait, or are being filled. */
    long waiting() {
        return (long) TAIL.getVolatile(this) - (long) HEAD.getVolatile(this);
    }

    /** Where a record of so many bytes goes; {@link #FULL} where there is no room. {@link #commit} has to follow. Any thread. */
    int claim(int length) {
        int needed = aligned(length);
        while (true) {
            long from = (long) TAIL.getVolatile(this);
            int free = capacity - (int) (from - (long) HEAD.getVolatile(this));
            int at = (int) from & (capacity - 1);
            int toEnd = capacity - at;
            int padding = needed > toEnd ? toEnd : 0;
            if (needed + padding > free) {
                return FULL;
            }
            if (TAIL.compareAndSet(this, from, from + padding + needed)) {
                if (padding > 0) {
                    INT.setRelease(bytes, at, -padding);
                    at = 0;
                }
                return at + HEADER_BYTES;
            }
        }
    }

    /** The room claimed at {@code at} is filled. */
    void commit(int at, int length) {
        INT.setRelease(bytes, at - HEADER_BYTES, length);
    }

    /** The room claimed at {@code at} holds nothing. */
    void discard(int at, int length) {
        INT.setRelease(bytes, at - HEADER_BYTES, -aligned(length));
    }

    /** Gives what waits to {@code consumer}, at most so many bytes and one record more; how many it were. The one consumer. */
    int drain(ByteBuffer view, int bytesMax, Consumer consumer) {
        long from = (long) HEAD.getVolatile(this);
        int done = 0;
        int told = 0;
        try {
            while (done < bytesMax) {
                int at = (int) (from + done) & (capacity - 1);
                int length = (int) INT.getAcquire(bytes, at);
                if (length == 0) {
                    break;
                }
                int taken = length < 0 ? -length : aligned(length);
                try {
                    if (length > 0) {
                        consumer.accept(view.limit(at + HEADER_BYTES + length).position(at + HEADER_BYTES));
                    }
                } finally {
                    clear(view, at, taken);
                    done += taken;
                    told = tellDone(from, done, told);
                }
            }
        } finally {
            HEAD.setRelease(this, from + done);
        }
        return done;
    }

    /** Now and then: producers look at the head, and each change of it costs them a cache miss. */
    private int tellDone(long from, int done, int told) {
        if (done - told < TELL_BYTES) {
            return told;
        }
        HEAD.setRelease(this, from + done);
        return done;
    }

    private static void clear(ByteBuffer view, int at, int length) {
        view.limit(view.capacity());
        for (int i = at; i < at + length; i += Long.BYTES) {
            view.putLong(i, 0);
        }
    }

    private static int aligned(int length) {
        return (length + HEADER_BYTES + Long.BYTES - 1) & -Long.BYTES;
    }
}
