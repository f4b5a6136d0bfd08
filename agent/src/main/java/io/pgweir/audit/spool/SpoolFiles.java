package io.pgweir.audit.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Reads a spool without its lock: one that an agent writes to, one that a crash left, one that somebody changed. Changes nothing.
 * The caller's thread.
 */
public final class SpoolFiles {
    private SpoolFiles() {}

    /**
     * The files of a spool, oldest first.
     *
     * @throws IOException where {@code dir} is no directory or cannot be read
     */
    public static List<SpoolPart> parts(Path dir) throws IOException {
        if (!Files.isDirectory(dir)) {
            throw new IOException(
                    "audit spool " + dir + (Files.exists(dir) ? " is no directory" : ": no such directory"));
        }
        SegmentList list = new SegmentList(Segment.list(dir));
        List<SpoolPart> parts = new ArrayList<>();
        for (int i = 0; i < list.all().size(); i++) {
            parts.add(new SpoolPart(list.all().get(i), list.end(i)));
        }
        return parts;
    }

    /**
     * Tells {@code visitor} of every record and every damage, oldest first.
     *
     * @return position behind the last whole record, for {@link #follow}
     */
    public static long read(Path dir, SpoolVisitor visitor) throws IOException {
        long end = 0;
        for (SpoolPart part : parts(dir)) {
            end = part.read(visitor);
        }
        return end;
    }

    /**
     * Tells {@code visitor} of the records from {@code position} on, and of those that come, until {@code until} says so or the thread is
     * interrupted.
     *
     * @param position 0, or what {@link #read} returned
     * @param interval at which it looks, when there is nothing new
     */
    public static void follow(Path dir, long position, SpoolVisitor visitor, BooleanSupplier until, Duration interval)
            throws IOException {
        long at = position;
        boolean idle = false;
        while (!until.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
            long before = at;
            at = advance(dir, at, idle, visitor);
            idle = at == before;
            if (idle) {
                LockSupport.parkNanos(interval.toNanos());
            }
        }
    }

    /** @param stuck whether the same look found nothing before: what is not whole now will not become so */
    private static long advance(Path dir, long from, boolean stuck, SpoolVisitor visitor) throws IOException {
        long at = from;
        for (SpoolPart part : parts(dir)) {
            if (part.isBehind(at)) {
                at = part.follow(Math.max(at, part.position()), stuck, visitor);
            }
        }
        return at;
    }
}
