package io.pgweir.audit.seal;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One file of records, or standard input: NDJSON, what {@code aws logs} prints, or what CloudWatch Logs exports to S3; as it is or
 * compressed with gzip or zstd. What it is shows in its first bytes, not in its name.
 */
final class FileSource implements RecordSource {
    private static final int HEAD_BYTES = 32 << 10;
    private static final int BUFFER_BYTES = 64 << 10;

    /** How the answers of {@code filter-log-events} and {@code get-log-events} begin. */
    private static final Pattern EVENTS = Pattern.compile(
            "\\s*(\\[|\\{\\s*\"(events|searchedLogStreams|nextToken|nextForwardToken|nextBackwardToken)\")");

    private static final Pattern EXPORTED = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\S+ \\{");
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    private static final Pattern TIME = Pattern.compile("\"time\"\\s*:\\s*\"([^\"]*)\"");

    private final String name;
    private final @Nullable Path file;
    private final long bytesTotal;
    private final boolean isEvents;
    private final boolean isExported;
    private final String firstTime;
    private @Nullable Counting counting;
    private @Nullable InputStream content;
    private @Nullable Batches batches;

    /** Makes batches of what a kind of file holds. */
    interface Batches {
        RecordSource.@Nullable Batch next() throws IOException;
    }

    /** Looks into the file, and closes it until it is read. */
    static FileSource of(Path file) throws IOException {
        try (InputStream in = plain(Files.newInputStream(file))) {
            return new FileSource(file.toString(), file, null, Files.size(file), head(in));
        }
    }

    /** @param in is closed with the source */
    static FileSource of(String name, InputStream in) throws IOException {
        Counting counting = new Counting(in);
        InputStream content = plain(counting);
        FileSource source = new FileSource(name, null, content, 0, head(content));
        source.counting = counting;
        return source;
    }

    private FileSource(String name, @Nullable Path file, @Nullable InputStream content, long bytesTotal, String head) {
        this.name = name;
        this.file = file;
        this.content = content;
        this.bytesTotal = bytesTotal;
        isEvents = EVENTS.matcher(head).lookingAt();
        isExported = EXPORTED.matcher(head).lookingAt();
        Matcher time = TIME.matcher(head);
        firstTime = time.find() ? time.group(1) : "";
    }

    /** Of the first record, where it has one: what files of one trail are put in order by. */
    String firstTime() {
        return firstTime;
    }

    @Override
    public String name() {
        return name;
    }

    /** CloudWatch sorts by milliseconds, and answers for several streams at once. */
    @Override
    public boolean isOrdered() {
        return !isEvents && !isExported;
    }

    @Override
    public boolean forgetsOldest() {
        return isEvents || isExported;
    }

    @Override
    public RecordSource.@Nullable Batch next() throws IOException {
        Batches reader = batches;
        if (reader == null) {
            InputStream in = content();
            reader = isEvents ? new EventBatches(in) : new LineBatches(in);
            batches = reader;
        }
        return reader.next();
    }

    private InputStream content() throws IOException {
        InputStream in = content;
        if (in == null) {
            if (file == null) {
                throw new IOException(name + ": nothing to read");
            }
            Counting raw = new Counting(Files.newInputStream(file));
            counting = raw;
            in = plain(raw);
            content = in;
        }
        return in;
    }

    @Override
    public String locate(long position) {
        if (position == END) {
            return name;
        }
        return isEvents ? name + ": event " + position : name + ":" + position;
    }

    @Override
    public long bytesRead() {
        return counting == null ? 0 : counting.bytes;
    }

    @Override
    public long bytesTotal() {
        return bytesTotal;
    }

    @Override
    public void close() throws IOException {
        if (content != null) {
            content.close();
        }
    }

    private static InputStream plain(InputStream raw) throws IOException {
        InputStream in = new BufferedInputStream(raw, BUFFER_BYTES);
        in.mark(4);
        byte[] magic = in.readNBytes(4);
        in.reset();
        if (magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
            return new BufferedInputStream(new GZIPInputStream(in, BUFFER_BYTES), BUFFER_BYTES);
        }
        if (Arrays.equals(magic, ZSTD)) {
            return new BufferedInputStream(new ZstdInputStream(in), BUFFER_BYTES);
        }
        return in;
    }

    /** As much of it as can be read: what stops the reading is told when it is read again. */
    private static String head(InputStream in) throws IOException {
        byte[] head = new byte[HEAD_BYTES];
        int filled = 0;
        in.mark(HEAD_BYTES + 1);
        try {
            int read = in.read(head, 0, HEAD_BYTES);
            while (read > 0) {
                filled += read;
                read = in.read(head, filled, HEAD_BYTES - filled);
            }
        } catch (IOException _) {
            // A file that was cut off has a beginning all the same.
        }
        in.reset();
        return new String(head, 0, filled, StandardCharsets.ISO_8859_1);
    }

    private static final class Counting extends FilterInputStream {
        private long bytes;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            bytes += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int read = super.read(to, offset, length);
            bytes += Math.max(0, read);
            return read;
        }
    }
}
