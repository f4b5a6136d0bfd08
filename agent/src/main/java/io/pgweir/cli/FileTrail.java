package io.pgweir.cli;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.file.RecordFile;
import java.io.IOException;
import java.nio.file.Path;

/** A file, or standard input by the name of {@code -}. */
record FileTrail(Path path) implements Trail {
    private static final Path STDIN = Path.of("-");

    @Override
    public void read(Reader reader, boolean follow) throws IOException {
        RecordFile.Visitor visitor = (line, number) -> reader.onRecord(new AuditRecord(line), path + ":" + number);
        if (path.equals(STDIN)) {
            RecordFile.read(System.in, visitor);
        } else if (follow) {
            RecordFile.follow(path, visitor, reader::isEnough, LOOK_INTERVAL);
        } else {
            RecordFile.read(path, visitor);
        }
    }
}
