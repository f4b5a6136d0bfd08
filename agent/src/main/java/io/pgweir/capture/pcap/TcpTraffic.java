package io.pgweir.capture.pcap;

import io.pgweir.capture.CaptureReader.Progress;
import io.pgweir.capture.CaptureRecord.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was said over TCP to and from some ports, out of files of packets: libpcap's and pcapng. Holds what is open, in bounds: where
 * too much is, what has been silent for longest is dropped. One thread.
 */
public final class TcpTraffic {
    private static final int CONNECTIONS_MAX = 10_000;
    private static final long HELD_BYTES_MAX = 64L << 20;

    private final Set<Integer> ports;
    private final Connections hearers;
    private final PacketDecoder decoder = new PacketDecoder();

    /** The one that was silent for longest comes first. */
    private final Map<Key, TcpConnection> open = new LinkedHashMap<>(64, 0.75f, true);

    /** Those whose last packets may still come. */
    private final Map<Key, Boolean> closed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
            return size() > CONNECTIONS_MAX;
        }
    };

    private long heldBytes;
    private long connections;
    private long dropped;
    private long elsewhere;

    /** Who is told of connections. */
    public interface Connections {
        /** @param begun whether its beginning was seen */
        TcpHearer onConnection(Endpoint client, Endpoint server, boolean begun, long epochNanos);
    }

    private record Key(Endpoint client, Endpoint server) {}

    /**
     * What was read so far.
     *
     * @param connections to and from the ports
     * @param dropped connections, for room
     * @param elsewhere segments to and from other ports
     * @param fragments of IP packets, which are not put together
     * @param others packets that are no TCP, or cannot be read
     * @param unknownLinks packets of a link type that is not known, counted in others
     * @param cut segments of which not all was captured
     */
    public record Counts(
            long packets,
            long connections,
            long dropped,
            long elsewhere,
            long fragments,
            long others,
            long unknownLinks,
            long cut) {}

    /** @param ports of servers */
    public TcpTraffic(Set<Integer> ports, Connections hearers) {
        this.ports = Set.copyOf(ports);
        this.hearers = hearers;
    }

    /**
     * All of one file; connections go on in the next.
     *
     * @throws PacketFileException where it is none, or cannot be read to its end; what was before was heard
     */
    public void read(InputStream in, Progress progress) throws IOException {
        PacketReader reader = PacketReader.of(in);
        for (Packet packet = reader.next(); packet != null; packet = reader.next()) {
            TcpSegment segment = decoder.decode(packet);
            if (segment != null) {
                onSegment(segment);
            }
            progress.at(reader.offset(), decoder.packets());
        }
    }

    /** No file follows. */
    public void finish() {
        open.values().forEach(each -> each.close(false));
        open.clear();
    }

    public Counts counts() {
        return new Counts(
                decoder.packets(),
                connections,
                dropped,
                elsewhere,
                decoder.fragments(),
                decoder.others(),
                decoder.unknownLinks(),
                decoder.cut());
    }

    private void onSegment(TcpSegment segment) {
        Direction from = from(segment);
        if (from == null) {
            elsewhere++;
            return;
        }
        boolean client = from == Direction.FRONTEND;
        Key key = new Key(client ? segment.source() : segment.target(), client ? segment.target() : segment.source());
        TcpConnection connection = open.get(key);
        if (connection != null && connection.isOfAnother(from, segment)) {
            close(key, connection);
            connection = null;
        }
        if (connection == null) {
            connection = open(key, segment);
        }
        if (connection != null) {
            long before = connection.heldBytes();
            connection.onSegment(from, segment);
            heldBytes += connection.heldBytes() - before;
            if (connection.isOver()) {
                remove(key, connection);
            }
            makeRoom();
        }
    }

    /** Null where it is neither from nor to the ports, or both, of a connection that nobody knows. */
    private @Nullable Direction from(TcpSegment segment) {
        boolean toServer = ports.contains(segment.target().port());
        boolean fromServer = ports.contains(segment.source().port());
        if (toServer != fromServer) {
            return toServer ? Direction.FRONTEND : Direction.BACKEND;
        }
        if (!toServer) {
            return null;
        }
        if (segment.is(TcpSegment.SYN)) {
            return segment.is(TcpSegment.ACK) ? Direction.BACKEND : Direction.FRONTEND;
        }
        boolean known = open.containsKey(new Key(segment.source(), segment.target()));
        boolean reverse = open.containsKey(new Key(segment.target(), segment.source()));
        return known == reverse ? null : known ? Direction.FRONTEND : Direction.BACKEND;
    }

    /** Null where it says nothing, or is one of the last words of what is over. */
    private @Nullable TcpConnection open(Key key, TcpSegment segment) {
        boolean begins = segment.is(TcpSegment.SYN);
        boolean speaks = segment.payload().hasRemaining() && !closed.containsKey(key);
        if (!begins && !speaks) {
            return null;
        }
        closed.remove(key);
        connections++;
        TcpConnection connection =
                new TcpConnection(hearers.onConnection(key.client, key.server, begins, segment.epochNanos()));
        open.put(key, connection);
        return connection;
    }

    private void close(Key key, TcpConnection connection) {
        long before = connection.heldBytes();
        connection.close(true);
        heldBytes += connection.heldBytes() - before;
        remove(key, connection);
    }

    private void remove(Key key, TcpConnection connection) {
        heldBytes -= connection.heldBytes();
        open.remove(key);
        closed.put(key, true);
    }

    private void makeRoom() {
        while (open.size() > CONNECTIONS_MAX || (heldBytes > HELD_BYTES_MAX && !open.isEmpty())) {
            Iterator<Map.Entry<Key, TcpConnection>> eldest = open.entrySet().iterator();
            Map.Entry<Key, TcpConnection> entry = eldest.next();
            TcpConnection connection = entry.getValue();
            heldBytes -= connection.heldBytes();
            connection.drop();
            eldest.remove();
            closed.put(entry.getKey(), true);
            dropped++;
        }
    }
}
