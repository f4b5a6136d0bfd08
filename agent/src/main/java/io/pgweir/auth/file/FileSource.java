package io.pgweir.auth.file;

import io.pgweir.auth.KnownRole;
import io.pgweir.auth.Lookup;
import io.pgweir.auth.RoleSecret;
import io.pgweir.auth.RoleSource;
import io.pgweir.config.ConfigException;
import io.pgweir.config.Faults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Roles of a {@link Userlist}, read again when the file has changed. One with faults changes nothing, and is told of once.
 *
 * <p>Any thread that may wait.
 */
public final class FileSource implements RoleSource {
    private static final Logger log = LoggerFactory.getLogger(FileSource.class);
    private static final long BYTES_MAX = 64L << 20;

    private record Stamp(
            long modifiedMillis, long bytes, @Nullable Object inode) {}

    private final Path path;
    private Stamp stamp;
    private Map<String, RoleSecret> roles;

    /** @throws ConfigException with every fault of the file, its line and its column */
    public FileSource(Path path) throws IOException, ConfigException {
        this.path = path;
        this.stamp = stamp();
        this.roles = load();
    }

    @Override
    public synchronized Lookup read(String user, String database) {
        refresh();
        RoleSecret secret = roles.get(user);
        return secret == null ? new Lookup.Absent() : new Lookup.Found(new KnownRole(user, secret));
    }

    private void refresh() {
        try {
            Stamp now = stamp();
            if (!now.equals(stamp)) {
                // First: whatever is wrong with it, it is told of once.
                stamp = now;
                roles = load();
                log.atInfo()
                        .addKeyValue("file", path)
                        .addKeyValue("roles", roles.size())
                        .log("Secrets of roles read again");
            }
        } catch (IOException | ConfigException fault) {
            log.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("reason", fault.getMessage())
                    .log("Secrets of roles stay as they were");
        }
    }

    private Map<String, RoleSecret> load() throws IOException, ConfigException {
        if (stamp.bytes > BYTES_MAX) {
            throw new IOException(path + ": " + stamp.bytes + " bytes (expected: at most " + BYTES_MAX + ")");
        }
        var faults = new Faults(path.toString());
        Map<String, RoleSecret> read = Userlist.read(Files.readString(path, StandardCharsets.UTF_8), faults);
        if (!faults.found().isEmpty()) {
            throw new ConfigException(faults.found());
        }
        return read;
    }

    private Stamp stamp() throws IOException {
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        return new Stamp(now.lastModifiedTime().toMillis(), now.size(), now.fileKey());
    }
}
