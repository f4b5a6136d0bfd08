package io.pgweir.topology.dns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Answers questions for IPv4 addresses (RFC 1035, section 4) on a port of loopback; of any other kind it knows nothing. */
final class NameServer implements AutoCloseable {
    private static final int ANSWER = 0x8180;
    private static final int NO_SUCH_NAME = 0x8183;
    private static final int TYPE_A = 1;
    private static final int CLASS_IN = 1;

    /** Points at the question's name. */
    private static final short NAME_OF_QUESTION = (short) 0xc00c;

    private final DatagramSocket socket =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final Map<String, Records> known = new ConcurrentHashMap<>();
    private final AtomicInteger queries = new AtomicInteger();

    private record Records(int ttlSeconds, List<String> addresses) {}

    NameServer() throws IOException {
        Thread.ofVirtual().start(this::serve);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    void answer(String name, int ttlSeconds, String... addresses) {
        known.put(name, new Records(ttlSeconds, List.of(addresses)));
    }

    void forget(String name) {
        known.remove(name);
    }

    /** For IPv4 addresses, so far. */
    int queries() {
        return queries.get();
    }

    @Override
    public void close() {
        socket.close();
    }

    private void serve() {
        byte[] bytes = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket query = new DatagramPacket(bytes, bytes.length);
                socket.receive(query);
                byte[] reply = reply(Arrays.copyOf(bytes, query.getLength()));
                socket.send(new DatagramPacket(reply, reply.length, query.getSocketAddress()));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private byte[] reply(byte[] query) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(query).position(12);
        StringBuilder name = new StringBuilder();
        for (int length = in.get(); length > 0; length = in.get()) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(query, in.position(), length, StandardCharsets.US_ASCII));
            in.position(in.position() + length);
        }
        int type = in.getShort();
        in.getShort();
        Records records = known.get(name.toString());
        boolean asksForAddresses = type == TYPE_A;
        queries.addAndGet(asksForAddresses ? 1 : 0);
        return reply(Arrays.copyOf(query, in.position()), records, asksForAddresses);
    }

    private static byte[] reply(byte[] question, @Nullable Records records, boolean withAddresses) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(512).put(question);
        int count = records == null || !withAddresses ? 0 : records.addresses().size();
        out.putShort(2, (short) (records == null ? NO_SUCH_NAME : ANSWER))
                .putShort(4, (short) 1)
                .putShort(6, (short) count)
                .putInt(8, 0);
        for (int i = 0; records != null && i < count; i++) {
            byte[] address = InetAddress.getByName(records.addresses().get(i)).getAddress();
            out.putShort(NAME_OF_QUESTION)
                    .putShort((short) TYPE_A)
                    .putShort((short) CLASS_IN)
                    .putInt(records.ttlSeconds())
                    .putShort((short) address.length)
                    .put(address);
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}
