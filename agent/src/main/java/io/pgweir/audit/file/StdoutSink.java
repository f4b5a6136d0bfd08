package io.pgweir.audit.file;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import io.pgweir.audit.RecordFormat;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes to standard output, past {@link System#out}: no other buffer, no swallowed errors. A reader that went away (EPIPE) is
 * a failing sink like any other. Writer thread.
 */
public final class StdoutSink implements AuditSink {
    private final WritableByteChannel channel;
    private final RecordLines lines;

    public StdoutSink(RecordFormat format) {
        this(new FileOutputStream(FileDescriptor.out).getChannel(), format);
    }

    /** Somewhere else: a pipe in tests. */
    StdoutSink(WritableByteChannel channel, RecordFormat format) {
        this.channel = channel;
        lines = new RecordLines(format);
    }

    /** Whether a person is looking. */
    public static boolean isTerminal() {
        // System.console() asks for standard input as well, and `pgweir run < /dev/null` may well be on a terminal.
        Path link = Path.of("/proc/self/fd/1");
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException unknown) {
            return Optional.ofNullable(System.console())
                    .map(Console::isTerminal)
                    .orElse(false);
        }
    }

    @Override
    public String name() {
        return "stdout";
    }

    /** It is open from the start. */
    @Override
    public void open() {}

    @Override
    public void write(List<AuditRecord> batch) throws IOException {
        ByteBuffer bytes = lines.of(batch);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Standard output is the process's, not ours. */
    @Override
    public void close() {}
}
