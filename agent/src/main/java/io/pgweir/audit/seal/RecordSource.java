package io.pgweir.audit.seal;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A place that native records are read back from, in batches: they are fetched by one thread and taken apart by others.
 *
 * <p>A position is the source's own number for where a record lies; {@link #locate} puts it into words that a person finds it by.
 */
public interface RecordSource extends Closeable {
    /** The position of what stopped the reading. */
    long END = Long.MAX_VALUE;

    /** As the person who asked would call it. */
    String name();

    /** Whether the records of one chain must come in the chain's order here; else any order is as good. */
    boolean isOrdered();

    /** Whether the oldest records are deleted here in the course of things, so that nothing is amiss where the first is not 1. */
    boolean forgetsOldest();

    /**
     * The next batch, in the source's order; null at the end. Reading thread only.
     *
     * @throws IOException where nothing behind this can be read
     */
    @Nullable
    Batch next() throws IOException;

    /** {@code file:line}, {@code segment@offset} and the like; of {@link #END}, the source's name. Any thread, any time. */
    String locate(long position);

    /** Of {@link #bytesTotal}, how many are behind. Reading thread only. */
    long bytesRead();

    /** Size of it all, for a progress bar; 0 where nobody knows. */
    long bytesTotal();

    /** Records that lie together. Its memory is its own until it is read, once, by any thread. */
    interface Batch {
        void read(Visitor visitor);
    }

    /** Is told what is in a batch, in order. */
    interface Visitor {
        /** One record, from {@code from} (inclusive) to {@code to} (exclusive); the array counts during this call only. */
        void record(byte[] array, int from, int to, long position);

        /** Something that should be a record and is none. */
        void unreadable(long position, String what);
    }
}
