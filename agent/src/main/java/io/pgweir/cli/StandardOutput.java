package io.pgweir.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** A command's output as a stream of UTF-8, line by line; a reader that went away is an exception here. */
final class StandardOutput extends OutputStream {
    /** Flushing, which is how a writer tells that nobody reads, costs a system call. */
    private static final int UNFLUSHED_MAX = 64 << 10;

    private final PrintWriter out;
    private int unflushed;

    StandardOutput(PrintWriter out) {
        this.out = out;
    }

    /** Nobody reads any more. */
    static final class ClosedException extends IOException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    /** @param bytes whole characters */
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(new String(bytes, offset, length, StandardCharsets.UTF_8));
        unflushed += length;
        if (unflushed > UNFLUSHED_MAX) {
            flush();
        }
    }

    @Override
    public void flush() throws IOException {
        unflushed = 0;
        if (out.checkError()) {
            throw new ClosedException();
        }
    }
}
