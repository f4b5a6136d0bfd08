package io.pgweir.audit.spool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How far a spool is on disk, and who waits for more. One thread moves it; it takes no lock where nobody waits. */
final class DurableMark {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    private volatile long position;
    private volatile boolean closed;

    DurableMark(long position) {
        this.position = position;
    }

    long position() {
        return position;
    }

    boolean isClosed() {
        return closed;
    }

    void advance(long to) {
        position = to;
        wake();
    }

    void close() {
        closed = true;
        wake();
    }

    private void wake() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                moved.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether it is behind {@code than}; waits until it is, until it is closed, or for {@code nanos}. */
    boolean awaitBehind(long than, long nanos) throws InterruptedException {
        if (position > than) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            waiting.incrementAndGet();
            long left = nanos;
            // Looked at behind the volatile write: either this sees the new position, or the writer sees who waits.
            while (position <= than && !closed && left > 0) {
                left = moved.awaitNanos(left);
            }
            return position > than;
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }
}
