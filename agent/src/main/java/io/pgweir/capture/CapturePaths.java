package io.pgweir.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where captures are. */
public final class CapturePaths {
    public static final String SUFFIX = ".pgcap";

    private CapturePaths() {}

    /**
     * The files that are named, and those of the directories that are, in the order of their names, which is that of time.
     *
     * @throws IOException where one is not there, or a directory holds no capture
     */
    public static List<Path> files(List<Path> named) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : named) {
            if (!Files.exists(path)) {
                throw new NoSuchFileException(path.toString());
            }
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            int before = files.size();
            try (Stream<Path> list = Files.list(path)) {
                list.filter(file -> file.toString().endsWith(SUFFIX)).sorted().forEach(files::add);
            }
            if (files.size() == before) {
                throw new NoSuchFileException(path.toString(), null, "no capture (*" + SUFFIX + ") in it");
            }
        }
        return files;
    }
}
