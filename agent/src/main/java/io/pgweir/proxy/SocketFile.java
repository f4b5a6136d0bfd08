package io.pgweir.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** The file of a Unix-domain socket that clients connect to. */
final class SocketFile {
    /** In the order of the bits, from the highest: owner, group, others; read, write, execute. */
    private static final PosixFilePermission[] BITS = {
        PosixFilePermission.OWNER_READ,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_EXECUTE
    };

    private SocketFile() {}

    /**
     * Takes away what a process left that did not stop in good order. Waits for nobody: the kernel knows whether somebody listens.
     *
     * @throws IOException where somebody does, or the file is no socket
     */
    static void makeRoom(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException(path + " is there, and is no socket");
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new IOException("somebody listens at " + probe.getRemoteAddress() + " already");
        } catch (ConnectException nobody) {
            Files.deleteIfExists(path);
        }
    }

    /** @param mode as chmod has it */
    static void permit(Path path, int mode) throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < BITS.length; i++) {
            if ((mode >> (BITS.length - 1 - i) & 1) != 0) {
                permissions.add(BITS[i]);
            }
        }
        Files.setPosixFilePermissions(path, permissions);
    }
}
