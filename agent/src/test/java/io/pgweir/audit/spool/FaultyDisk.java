package io.pgweir.audit.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The real disk, until a test says what it refuses from now on. Faults may be set by any thread. */
final class FaultyDisk implements SpoolDisk {
    /** Bytes that it takes before it is full. */
    final AtomicLong room = new AtomicLong(Long.MAX_VALUE);

    /** Most that one write takes. */
    volatile int writeBytesMax = Integer.MAX_VALUE;

    volatile boolean refusesForce;
    volatile boolean refusesTruncate;
    volatile boolean refusesCreate;
    volatile boolean refusesDelete;
    volatile boolean refusesSyncDirectory;

    /** What a failed fsync leaves of bytes that were written since the last: the kernel dropped the pages. */
    volatile boolean forceDropsPages;

    void heal() {
        room.set(Long.MAX_VALUE);
        writeBytesMax = Integer.MAX_VALUE;
        refusesForce = false;
        refusesTruncate = false;
        refusesCreate = false;
        refusesDelete = false;
        refusesSyncDirectory = false;
        forceDropsPages = false;
    }

    private static void refuse(boolean refuses, String what) throws IOException {
        if (refuses) {
            throw new IOException(what);
        }
    }

    @Override
    public SpoolFile create(Path path) throws IOException {
        refuse(refusesCreate, "Read-only file system");
        return new FaultyFile(REAL.create(path));
    }

    @Override
    public SpoolFile open(Path path) throws IOException {
        return new FaultyFile(REAL.open(path));
    }

    @Override
    public void delete(Path path) throws IOException {
        refuse(refusesDelete, "Read-only file system");
        REAL.delete(path);
    }

    @Override
    public void syncDirectory(Path dir) throws IOException {
        refuse(refusesSyncDirectory, "Input/output error");
        REAL.syncDirectory(dir);
    }

    private final class FaultyFile implements SpoolFile {
        private final SpoolFile real;
        private long unsyncedFrom = -1;
        private long unsyncedTo;

        FaultyFile(SpoolFile real) {
            this.real = real;
        }

        @Override
        public int write(ByteBuffer bytes, long offset) throws IOException {
            refuse(room.get() <= 0, "No space left on device");
            int count = (int) Math.min(Math.min(bytes.remaining(), writeBytesMax), room.get());
            ByteBuffer part = bytes.slice(bytes.position(), count);
            while (part.hasRemaining()) {
                real.write(part, offset + part.position());
            }
            bytes.position(bytes.position() + count);
            room.addAndGet(-count);
            unsyncedFrom = unsyncedFrom < 0 ? offset : Math.min(offset, unsyncedFrom);
            unsyncedTo = Math.max(unsyncedTo, offset + count);
            return count;
        }

        @Override
        public void force() throws IOException {
            if (refusesForce && forceDropsPages && unsyncedFrom >= 0) {
                real.write(ByteBuffer.allocate((int) (unsyncedTo - unsyncedFrom)), unsyncedFrom);
            }
            refuse(refusesForce, "Input/output error");
            real.force();
            unsyncedFrom = -1;
            unsyncedTo = 0;
        }

        @Override
        public void truncate(long size) throws IOException {
            refuse(refusesTruncate, "Input/output error");
            real.truncate(size);
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
