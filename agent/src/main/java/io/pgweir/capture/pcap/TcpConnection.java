package io.pgweir.capture.pcap;

import io.pgweir.capture.CaptureRecord.Direction;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Both directions of a TCP connection, brought into order: each by its sequence numbers, and one against the other by what each
 * segment acknowledges. A segment waits for what its sender had received, so that no answer is heard before its question, in
 * whatever order the packets were captured; what does not come within the limits is missing. One thread.
 */
final class TcpConnection {
    /** Beyond these, nothing is waited for any more: no packet of it was captured. */
    private static final long KEPT_BYTES_MAX = 4L << 20;

    private static final int KEPT_SEGMENTS_MAX = 4096;
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    private final TcpHearer hearer;
    private final TcpStream fromClient = new TcpStream();
    private final TcpStream fromServer = new TcpStream();
    private long waitsSince;
    private long lastNanos;
    private @Nullable Direction endedBy;
    private boolean over;

    TcpConnection(TcpHearer hearer) {
        this.hearer = hearer;
    }

    private TcpStream stream(Direction from) {
        return switch (from) {
            case FRONTEND -> fromClient;
            case BACKEND -> fromServer;
        };
    }

    private static Direction other(Direction direction) {
        return direction == Direction.FRONTEND ? Direction.BACKEND : Direction.FRONTEND;
    }

    /** Whether it has nothing to do with this connection: its ports are used again. */
    boolean isOfAnother(Direction from, TcpSegment segment) {
        return segment.is(TcpSegment.SYN)
                && stream(from).hasBegun()
                && !stream(from).beginsAt(segment.sequence() + 1);
    }

    /** Nothing more is heard of it. */
    boolean isOver() {
        return over;
    }

    long heldBytes() {
        return fromClient.keptBytes() + fromServer.keptBytes() + hearer.heldBytes();
    }

    long lastNanos() {
        return lastNanos;
    }

    void onSegment(Direction from, TcpSegment segment) {
        lastNanos = segment.epochNanos();
        TcpStream own = stream(from);
        TcpStream peer = stream(other(from));
        int sequence = segment.sequence() + (segment.is(TcpSegment.SYN) ? 1 : 0);
        if (!own.hasBegun()) {
            own.begin(sequence);
        }
        boolean hears = segment.is(TcpSegment.ACK);
        if (hears && !peer.hasBegun()) {
            peer.begin(segment.acknowledgment());
        }
        long at = own.at(sequence);
        long bytes = (long) segment.payload().remaining() + segment.lost();
        if (segment.is(TcpSegment.FIN)) {
            own.endsAt(at + bytes);
        }
        if (bytes > 0 && own.isNew(at, bytes)) {
            take(from, own, peer, at, hears ? peer.at(segment.acknowledgment()) : 0, segment);
        }
        while (isOverLimit()) {
            giveUp();
            pump();
        }
        if (segment.is(TcpSegment.RST) && at >= own.next()) {
            end(from, true);
        } else if (own.isOver() || peer.isOver()) {
            endedBy = endedBy == null ? (own.isOver() ? from : other(from)) : endedBy;
            if (own.isOver() && peer.isOver()) {
                end(endedBy, false);
            }
        }
    }

    private void take(Direction from, TcpStream own, TcpStream peer, long at, long heard, TcpSegment segment) {
        if (!own.keepsAny() && at <= own.next() && isHeard(peer, heard)) {
            ByteBuffer payload = segment.payload();
            handOn(from, own, at, segment.epochNanos(), payload, segment.lost());
        } else {
            waitsSince = keepsAny() ? waitsSince : lastNanos;
            own.keep(at, segment, heard);
        }
        pump();
    }

    private static boolean isHeard(TcpStream peer, long heard) {
        return peer.withoutEnd(heard) <= peer.next();
    }

    private void handOn(Direction from, TcpStream own, long at, long epochNanos, ByteBuffer bytes, int lost) {
        int known = (int) Math.min(own.next() - at, bytes.remaining());
        long end = at + bytes.remaining();
        ByteBuffer fresh = bytes.slice(bytes.position() + known, bytes.remaining() - known);
        own.onHandedOn(Math.max(own.next(), end));
        if (fresh.hasRemaining()) {
            hearer.onBytes(from, epochNanos, fresh);
        }
        long missing = end + lost - own.next();
        if (missing > 0) {
            miss(from, own, end + lost, epochNanos);
        }
    }

    private void miss(Direction from, TcpStream own, long to, long epochNanos) {
        long bytes = to - own.next();
        own.onHandedOn(to);
        hearer.onMissing(from, epochNanos, bytes);
    }

    private boolean keepsAny() {
        return fromClient.keepsAny() || fromServer.keepsAny();
    }

    /** Hands on whatever need not wait any more. */
    private void pump() {
        while (keepsAny() && (moves(Direction.FRONTEND) || moves(Direction.BACKEND))) {
            waitsSince = lastNanos;
        }
    }

    private boolean moves(Direction from) {
        TcpStream own = stream(from);
        TcpStream.Kept first = own.first();
        if (first == null || first.at() > own.next() || !isHeard(stream(other(from)), first.heard())) {
            return false;
        }
        release(from, own, first);
        return true;
    }

    private void release(Direction from, TcpStream own, TcpStream.Kept first) {
        own.remove(first);
        handOn(from, own, first.at(), first.epochNanos(), ByteBuffer.wrap(first.bytes()), first.lost());
    }

    private boolean isOverLimit() {
        return keepsAny()
                && (fromClient.keptBytes() + fromServer.keptBytes() > KEPT_BYTES_MAX
                        || fromClient.keptSegments() + fromServer.keptSegments() > KEPT_SEGMENTS_MAX
                        || lastNanos - waitsSince > WAIT_NANOS_MAX);
    }

    /** What is waited for longest will not come: a hole in a direction, or what the other one has acknowledged. */
    private void giveUp() {
        for (Direction from : Direction.values()) {
            TcpStream own = stream(from);
            TcpStream.Kept first = own.first();
            if (first != null && first.at() > own.next()) {
                miss(from, own, first.at(), first.epochNanos());
                return;
            }
        }
        for (Direction from : Direction.values()) {
            TcpStream own = stream(from);
            TcpStream peer = stream(other(from));
            TcpStream.Kept first = own.first();
            if (first != null && peer.first() == null) {
                miss(other(from), peer, Math.max(peer.next(), peer.withoutEnd(first.heard())), first.epochNanos());
                return;
            }
            if (first != null) {
                // Each waits for the other: no order of the two is right.
                release(from, own, first);
                return;
            }
        }
    }

    private void drain() {
        pump();
        while (keepsAny()) {
            giveUp();
            pump();
        }
    }

    private void end(Direction by, boolean reset) {
        if (!over) {
            drain();
            over = true;
            hearer.onEnd(by, reset, lastNanos);
        }
    }

    /** No packet follows, in the file or because the ports are used again. */
    void close(boolean reused) {
        if (over) {
            return;
        }
        drain();
        Direction by = endedBy;
        if (by != null || reused) {
            end(by == null ? Direction.FRONTEND : by, false);
        } else {
            over = true;
            hearer.onFileEnd();
        }
    }

    /** There is no room for it. */
    void drop() {
        if (!over) {
            over = true;
            hearer.onDropped(lastNanos);
        }
    }
}
