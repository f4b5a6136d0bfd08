package io.pgweir.offline.packets;

import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureKey;
import io.pgweir.capture.CaptureReader.Progress;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureWriter;
import io.pgweir.capture.CapturedSession;
import io.pgweir.capture.pcap.TcpTraffic;
import io.pgweir.sql.StatementCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a capture of packets: each TCP connection to a server becomes a session, or is counted among what was left out. Memory is
 * bounded, however many packets there are. One thread.
 */
public final class PacketImport {
    private static final String AGENT = "pgweir capture import";
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long STATEMENTS_BYTES_MAX = 16 << 20;
    private static final int QUEUE_BYTES = 16 << 20;

    private final Output output;
    private final TcpTraffic traffic;
    private final StatementCache statements = new StatementCache(STATEMENTS_BYTES_MAX);
    private final Map<CancelKey, ImportedSession> cancelKeys = new HashMap<>();
    private final Map<LeftOut, Long> leftOut = new EnumMap<>(LeftOut.class);
    private @Nullable CaptureWriter writer;
    private long startNanos;
    private long lastNanos;
    private long sessions;
    private long messages;
    private long cancels;
    private long missingBytes;
    private long gaps;

    /**
     * Where the capture goes.
     *
     * @param place of a file, by its header
     * @param key null for files that are not encrypted
     * @param frontendOnly answers are kept as digests, not as messages
     * @param version of the program
     */
    public record Output(
            Function<CaptureHeader, Path> place,
            @Nullable CaptureKey key,
            long fileBytesMax,
            boolean frontendOnly,
            String version) {}

    private record CancelKey(int processId, ByteBuffer key) {}

    /**
     * What became of it.
     *
     * @param messages in the capture
     * @param gaps places where packets are missing, or what came was no message
     * @param nanos from the beginning of the capture to its last packet
     */
    public record Summary(
            TcpTraffic.Counts packets,
            long sessions,
            long messages,
            long cancels,
            long gaps,
            long missingBytes,
            Map<LeftOut, Long> leftOut,
            long nanos) {}

    /** @param ports of servers */
    public PacketImport(Set<Integer> ports, Output output) {
        this.output = output;
        traffic = new TcpTraffic(
                ports, (client, server, begun, _) -> new ImportedConnection(this, client, server, begun));
    }

    /**
     * All of one file; connections go on in the next.
     *
     * @throws io.pgweir.capture.pcap.PacketFileException where it is no file of packets, or cannot be read to its end; what was before
     *     is in the capture
     * @throws UnwritableException where the capture cannot be written
     */
    public void read(InputStream in, Progress progress) throws IOException {
        traffic.read(in, progress);
    }

    /**
     * No file follows. Where no session was found, there is no capture.
     *
     * @throws IOException where the capture cannot be written
     */
    public Summary finish() throws IOException {
        try {
            traffic.finish();
        } catch (UnwritableException unwritable) {
            throw unwritable.why();
        }
        CaptureWriter written = writer;
        if (written != null) {
            written.close();
            throwFault(written);
        }
        return new Summary(
                traffic.counts(),
                sessions,
                messages,
                cancels,
                gaps,
                missingBytes,
                new EnumMap<>(leftOut),
                lastNanos - startNanos);
    }

    private static void throwFault(CaptureWriter written) throws IOException {
        IOException fault = written.fault();
        if (fault != null) {
            throw fault;
        }
    }

    /** A packet is being read. */
    void at(long epochNanos) {
        lastNanos = Math.max(lastNanos, epochNanos);
    }

    StatementCache statements() {
        return statements;
    }

    /** The capture begins with its first session. */
    CapturedSession open(long epochNanos, SessionOpen session) {
        try {
            CaptureWriter to = writer == null ? begin(epochNanos) : writer;
            throwFault(to);
            writer = to;
            sessions++;
            return to.open(epochNanos, session);
        } catch (IOException unwritable) {
            throw new UnwritableException(unwritable);
        }
    }

    private CaptureWriter begin(long epochNanos) throws IOException {
        startNanos = epochNanos;
        CaptureHeader header = new CaptureHeader(
                AGENT,
                UUID.randomUUID(),
                0,
                Instant.ofEpochSecond(epochNanos / NANOS_PER_SECOND, epochNanos % NANOS_PER_SECOND),
                List.of(),
                new CaptureHeader.Options(output.frontendOnly(), "none", new TreeMap<>()),
                "",
                output.version());
        return CaptureWriter.waiting(
                output.place(),
                header,
                output.key(),
                new CaptureWriter.Options(QUEUE_BYTES, output.fileBytesMax(), Duration.ofDays(1), Duration.ofDays(1)),
                () -> lastNanos);
    }

    void onMessage(Direction from) {
        messages += from == Direction.BACKEND && output.frontendOnly() ? 0 : 1;
    }

    void onGap(long bytes) {
        gaps++;
        missingBytes += bytes;
    }

    void onLeftOut(LeftOut why) {
        leftOut.merge(why, 1L, Long::sum);
    }

    void onCancelKey(int processId, byte[] key, ImportedSession of) {
        cancelKeys.put(new CancelKey(processId, ByteBuffer.wrap(key)), of);
    }

    void onEnd(int processId, byte[] key) {
        cancelKeys.remove(new CancelKey(processId, ByteBuffer.wrap(key)));
    }

    /** Somebody asks to cancel what the session of that key runs. */
    void onCancel(int processId, byte[] key, long epochNanos) {
        cancels++;
        ImportedSession session = cancelKeys.get(new CancelKey(processId, ByteBuffer.wrap(key)));
        if (session != null) {
            session.onCancel(epochNanos);
        }
    }
}
