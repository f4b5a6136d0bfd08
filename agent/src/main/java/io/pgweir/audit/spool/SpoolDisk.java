package io.pgweir.audit.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What the writer asks of a disk, and what a disk may refuse. Writer thread. */
interface SpoolDisk {
    SpoolDisk REAL = new SpoolDisk() {
        @Override
        public SpoolFile create(Path path) throws IOException {
            return new ChannelFile(FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    ownersOnly(path, "rw-------")));
        }

        @Override
        public SpoolFile open(Path path) throws IOException {
            return new ChannelFile(FileChannel.open(path, StandardOpenOption.WRITE));
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }

        @Override
        public void syncDirectory(Path dir) throws IOException {
            try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    };

    /** None where the file system has no such permissions. */
    static FileAttribute<?>[] ownersOnly(Path path, String permissions) {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** A file that was not there. */
    SpoolFile create(Path path) throws IOException;

    SpoolFile open(Path path) throws IOException;

    /** Nothing where it is not there. */
    void delete(Path path) throws IOException;

    /** So that a new file's name is on disk too. */
    void syncDirectory(Path dir) throws IOException;

    /** One segment. */
    interface SpoolFile extends Closeable {
        /** Bytes taken, perhaps not all of them. */
        int write(ByteBuffer bytes, long offset) throws IOException;

        void force() throws IOException;

        void truncate(long size) throws IOException;
    }

    /** The operating system's. */
    record ChannelFile(FileChannel channel) implements SpoolFile {
        @Override
        public int write(ByteBuffer bytes, long offset) throws IOException {
            return channel.write(bytes, offset);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
