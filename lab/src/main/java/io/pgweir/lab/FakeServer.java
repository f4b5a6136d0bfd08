package io.pgweir.lab;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server on 127.0.0.1 that plays a script instead of PostgreSQL: it may close in the middle of a message, send garbage,
 * never answer, or vanish with RST. One virtual thread a connection runs the script; the connection closes where it ends.
 */
public final class FakeServer implements AutoCloseable {

    /** What happens on one connection; an IOException ends it silently. */
    @FunctionalInterface
    public interface Script {
        void play(Conversation client) throws IOException;
    }

    /** AuthenticationOk, a BackendKeyData of 1/2 and ReadyForQuery: enough for any client to start. */
    public static final byte[] WELCOME = Frontend.concat(
            Frontend.message('R', Frontend.int4(0)),
            Frontend.message('K', Frontend.concat(Frontend.int4(1), Frontend.int4(2))),
            Frontend.message('Z', (byte) 'I'));

    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    private FakeServer(Script script) throws IOException {
        this.script = script;
        listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("fake-server-" + listener.getLocalPort()).start(this::accept);
    }

    public static FakeServer playing(Script script) {
        try {
            return new FakeServer(script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Connections so far. */
    public int accepted() {
        return accepted.get();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : new ArrayList<>(open)) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                Thread.ofVirtual().name("fake-server-session").start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        open.add(socket);
        try (socket) {
            socket.setTcpNoDelay(true);
            script.play(new Conversation(socket));
        } catch (IOException over) {
            return;
        } finally {
            open.remove(socket);
        }
    }

    /** The server's side of one connection. */
    public static final class Conversation {

        private final Socket socket;
        private final DataInputStream in;

        private Conversation(Socket socket) throws IOException {
            this.socket = socket;
            in = new DataInputStream(socket.getInputStream());
        }

        /** A packet without type byte (startup, SSLRequest, cancel): what follows its length. */
        public byte[] readStartup() throws IOException {
            byte[] body = new byte[in.readInt() - 4];
            in.readFully(body);
            return body;
        }

        /** The next message; null at the end of the stream. */
        public @Nullable Reply read() throws IOException {
            int type = in.read();
            if (type < 0) {
                return null;
            }
            byte[] body = new byte[in.readInt() - 4];
            in.readFully(body);
            return new Reply((char) type, body);
        }

        public void send(byte[]... messages) throws IOException {
            socket.getOutputStream().write(Frontend.concat(messages));
        }

        /** Reads and forgets until the client has closed. */
        public void drain() throws IOException {
            in.skipNBytes(Long.MAX_VALUE);
        }

        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
