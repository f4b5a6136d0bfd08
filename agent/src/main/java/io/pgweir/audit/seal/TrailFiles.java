package io.pgweir.audit.seal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The sources that are files: spools, NDJSON and exports of CloudWatch Logs, one by one or directories of them. */
public final class TrailFiles {
    private static final Pattern NAMES = Pattern.compile(".*\\.(ndjson|jsonl|json|log|txt|gz|zst)(\\..*)?");

    private TrailFiles() {}

    /**
     * Directories that are spools, then the other files of {@code paths} and below, in the order of their first records.
     *
     * @throws NoSuchFileException where a path is not there, or nothing below it is called like a file of records
     * @throws IOException where a file cannot be opened; its message begins with the file
     */
    public static List<RecordSource> open(List<Path> paths) throws IOException {
        List<RecordSource> all = new ArrayList<>();
        List<FileSource> sources = new ArrayList<>();
        for (Path path : paths) {
            SpoolSource spool = Files.isDirectory(path) ? SpoolSource.of(path) : null;
            if (spool != null) {
                all.add(spool);
                continue;
            }
            for (Path file : files(path)) {
                try {
                    sources.add(FileSource.of(file));
                } catch (IOException fault) {
                    throw new IOException(file + ": " + fault.getMessage(), fault);
                }
            }
        }
        sources.sort(Comparator.comparing(FileSource::firstTime).thenComparing(FileSource::name));
        all.addAll(sources);
        return all;
    }

    /** Standard input, or anything else that is read once. */
    public static RecordSource open(String name, InputStream in) throws IOException {
        return FileSource.of(name, in);
    }

    private static List<Path> files(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "no such file or directory");
        }
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> below = Files.walk(path)) {
            List<Path> found = below.filter(Files::isRegularFile)
                    .filter(file ->
                            NAMES.matcher(String.valueOf(file.getFileName())).matches())
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new NoSuchFileException(
                        path.toString(),
                        null,
                        "no file of records in it (expected: *.ndjson, *.json, *.log, *.gz, *.zst)");
            }
            return found;
        }
    }
}
