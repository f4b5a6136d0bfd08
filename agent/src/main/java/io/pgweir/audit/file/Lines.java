package io.pgweir.audit.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Cuts what comes in pieces into lines. One thread. */
final class Lines {
    /** Longer than any record: one that a sink did not cut has a statement's text and a thousand values at most. */
    private static final int LINE_BYTES_MAX = 64 << 20;

    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private long number;

    /** @throws IOException where a line does not end, or the visitor throws */
    void add(byte[] bytes, int length, RecordFile.Visitor visitor) throws IOException {
        int from = 0;
        for (int at = 0; at < length; at++) {
            if (bytes[at] == '\n') {
                begun.write(bytes, from, at - from);
                end(visitor);
                from = at + 1;
            }
        }
        begun.write(bytes, from, length - from);
        if (begun.size() > LINE_BYTES_MAX) {
            throw new IOException(
                    "line " + (number + 1) + ": more than " + LINE_BYTES_MAX + " bytes without a line feed");
        }
    }

    /** Nothing follows in this file: what has no line feed is a line too, torn or not. */
    void finish(RecordFile.Visitor visitor) throws IOException {
        if (begun.size() > 0) {
            end(visitor);
        }
        number = 0;
    }

    private void end(RecordFile.Visitor visitor) throws IOException {
        number++;
        byte[] line = begun.toByteArray();
        begun.reset();
        int end = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
        if (end > 0) {
            visitor.onLine(end == line.length ? line : Arrays.copyOf(line, end), number);
        }
    }
}
