package io.pgweir.testing;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** The end of NOTIFY_SOCKET at which systemd listens: a datagram socket of the Unix domain. */
public final class NotifySocket implements AutoCloseable {
    private static final int DATAGRAM_BYTES_MAX = 4096;

    private final Socket socket;

    /** @param address as NOTIFY_SOCKET has it: a path, or {@code @name} */
    public NotifySocket(String address) throws IOException {
        if (!Epoll.isAvailable()) {
            throw new TestAbortedException(
                    "no datagrams of the Unix domain on this machine", Epoll.unavailabilityCause());
        }
        socket = Socket.newSocketDomainDgram();
        socket.bind(new DomainSocketAddress(address.startsWith("@") ? '\0' + address.substring(1) : address));
    }

    /** The next datagram. */
    public String receive(Duration within) throws IOException, InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        while (System.nanoTime() < end) {
            String state = poll();
            if (state != null) {
                return state;
            }
            Thread.sleep(5);
        }
        throw new IOException("nothing within " + within.toMillis() + " ms");
    }

    /** Null where there is none. */
    public @Nullable String poll() throws IOException {
        ByteBuffer datagram = ByteBuffer.allocateDirect(DATAGRAM_BYTES_MAX);
        var from = socket.recvFromDomainSocket(datagram, 0, DATAGRAM_BYTES_MAX);
        if (from == null) {
            return null;
        }
        byte[] text = new byte[from.receivedAmount()];
        datagram.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
