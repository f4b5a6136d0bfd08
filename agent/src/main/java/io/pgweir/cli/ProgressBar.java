package io.pgweir.cli;

import io.pgweir.audit.seal.RecordSource;
import io.pgweir.audit.seal.TrailVerifier;
import java.io.Console;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** How far a long work is, on one line of a terminal; nothing in a pipe. One thread. */
final class ProgressBar implements TrailVerifier.Progress, AutoCloseable {
    private static final int WIDTH = 30;
    private static final long INTERVAL_NANOS = 100_000_000;

    private final PrintWriter err;
    private final boolean isShown;
    private final long bytesTotal;
    private long shownNanos = System.nanoTime();
    private int columns;

    private ProgressBar(PrintWriter err, boolean isShown, long bytesTotal) {
        this.err = err;
        this.isShown = isShown;
        this.bytesTotal = bytesTotal;
    }

    static ProgressBar of(PrintWriter err, List<RecordSource> sources) {
        return of(
                err,
                isTerminal(),
                sources.stream().mapToLong(RecordSource::bytesTotal).sum());
    }

    static ProgressBar of(PrintWriter err, long bytesTotal) {
        return of(err, isTerminal(), bytesTotal);
    }

    static ProgressBar of(PrintWriter err, boolean isShown, long bytesTotal) {
        return new ProgressBar(err, isShown, bytesTotal);
    }

    @SuppressWarnings("SystemConsoleNull") // there is none where the JDK's own console cannot be had
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    @Override
    public void at(long bytes, long records) {
        long now = System.nanoTime();
        if (isShown && now - shownNanos >= INTERVAL_NANOS) {
            shownNanos = now;
            show(bytes, records);
        }
    }

    private void show(long bytes, long records) {
        show(bytesTotal > 0 ? (double) bytes / bytesTotal : -1, String.format(Locale.ROOT, "%,d records", records));
    }

    /** @param share from 0 to 1; less where nobody knows */
    void show(double share, String text) {
        if (!isShown) {
            return;
        }
        String line = text;
        if (share >= 0) {
            int percent = (int) Math.clamp(share * 100, 0, 100);
            int done = percent * WIDTH / 100;
            line = "[" + "#".repeat(done) + "-".repeat(WIDTH - done) + "] " + String.format("%3d %%  ", percent) + line;
        }
        erase();
        err.print(line);
        err.flush();
        columns = line.length();
    }

    /** Makes room for a line; what comes next draws it again. */
    void erase() {
        if (columns > 0) {
            err.print("\r" + " ".repeat(columns) + "\r");
            err.flush();
            columns = 0;
        }
    }

    /** Leaves no trace of it. */
    @Override
    public void close() {
        erase();
    }
}
