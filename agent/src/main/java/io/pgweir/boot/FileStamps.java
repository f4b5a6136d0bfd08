package io.pgweir.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What files look like from outside, so that a change is seen without reading them. One that is not there looks like none.
 *
 * @param all in the order of the files
 */
record FileStamps(List<Stamp> all) {
    private static final Logger log = LoggerFactory.getLogger(FileStamps.class);

    record Stamp(
            Path path,
            long modifiedMillis,
            long bytes,
            @Nullable Object inode) {}

    static FileStamps of(List<Path> files) {
        List<Stamp> stamps = new ArrayList<>(files.size());
        for (Path path : files) {
            try {
                BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
                stamps.add(new Stamp(path, now.lastModifiedTime().toMillis(), now.size(), now.fileKey()));
            } catch (IOException unreadable) {
                log.atDebug().setCause(unreadable).log("A file cannot be looked at");
            }
        }
        return new FileStamps(stamps);
    }
}
