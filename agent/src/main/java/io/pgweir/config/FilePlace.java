package io.pgweir.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a value of the file points to, and whether that can be what it is meant to be.
 *
 * @param path null where the value is no path, which is told already
 * @param fault told what is wrong with it
 */
record FilePlace(@Nullable Path path, Consumer<String> fault) {
    /** @param directory that relative paths start from */
    static FilePlace of(String text, Path directory, Consumer<String> fault) {
        try {
            return new FilePlace(directory.resolve(text).normalize(), fault);
        } catch (InvalidPathException _) {
            fault.accept('"' + Value.printable(text) + "\" (expected: the path of a file)");
            return new FilePlace(null, fault);
        }
    }

    /** Of an existing file that can be read. */
    @Nullable
    Path toRead() {
        if (path != null && !(Files.isRegularFile(path) && Files.isReadable(path))) {
            fault.accept(path + (Files.exists(path) ? " cannot be read" : " does not exist")
                    + " (expected: a file that can be read)");
        }
        return path;
    }

    /** Of a file that may come to be in a directory that is there. */
    @Nullable
    Path toWrite() {
        if (path == null) {
            return null;
        }
        Path parent = path.getParent();
        if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(path)) {
            fault.accept(path + " cannot be written (expected: a file in a directory that exists)");
        }
        return path;
    }

    /** Of a directory that is there or can be made in one that is. */
    @Nullable
    Path toMake() {
        if (path == null) {
            return null;
        }
        Path parent = path.getParent();
        boolean can = Files.isDirectory(path) || (!Files.exists(path) && parent != null && Files.isDirectory(parent));
        if (!can) {
            fault.accept(path + " cannot be made (expected: a directory, or one in a directory that exists)");
        }
        return path;
    }
}
