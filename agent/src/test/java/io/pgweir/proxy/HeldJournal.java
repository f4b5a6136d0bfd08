package io.pgweir.proxy;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.Journal;
import io.pgweir.audit.Resumed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps events in memory; {@link #force} takes as long as the test wants, or fails. Any thread. */
final class HeldJournal implements Journal {
    private final List<AuditEvent> events = new ArrayList<>();
    private Predicate<AuditEvent> held = event -> false;
    private @Nullable String fault;
    private int forced;
    private boolean holding;

    /** From now on force waits where such an event was not forced yet. */
    synchronized void hold(Predicate<AuditEvent> what) {
        held = what;
    }

    synchronized void letGo() {
        held = event -> false;
        notifyAll();
    }

    /** From now on nothing is taken, for this reason; null to take it again. */
    synchronized void fail(@Nullable String why) {
        fault = why;
    }

    /** Whether a force waits just now. */
    synchronized boolean isHolding() {
        return holding;
    }

    synchronized <T extends AuditEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** In the order in which they were appended. */
    synchronized List<AuditEvent> events() {
        return List.copyOf(events);
    }

    @Override
    public void open() {}

    @Override
    public @Nullable Resumed resumed() {
        return null;
    }

    @Override
    public synchronized void append(AuditEvent event, byte[] array, int offset, int length) throws IOException {
        if (fault != null) {
            throw new IOException(fault);
        }
        events.add(event);
    }

    @Override
    public synchronized void force() throws IOException {
        while (events.subList(forced, events.size()).stream().anyMatch(held)) {
            holding = true;
            try {
                wait();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException(interrupted);
            } finally {
                holding = false;
            }
        }
        if (fault != null) {
            throw new IOException(fault);
        }
        forced = events.size();
    }

    @Override
    public Duration forceInterval() {
        return Duration.ofMillis(5);
    }

    @Override
    public int forceBytes() {
        return 1 << 18;
    }

    @Override
    public void close(Duration wait) {}
}
