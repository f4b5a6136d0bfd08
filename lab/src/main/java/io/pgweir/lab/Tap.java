package io.pgweir.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A transparent TCP forwarder on 127.0.0.1 that records every byte each way; it can cut what it passes on into small
 * random pieces, and tear the connection. Two virtual threads a
 * connection; its methods may be called from any thread.
 */
public final class Tap implements AutoCloseable {

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final @Nullable Long seed;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();

    private Tap(String host, int port, @Nullable Long seed) throws IOException {
        this.host = host;
        this.port = port;
        this.seed = seed;
        listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("tap-" + listener.getLocalPort()).start(this::accept);
    }

    /** Forwards to this address, reads as they come. */
    public static Tap to(String host, int port) {
        return open(host, port, null);
    }

    /** Forwards to this address in random small pieces, both ways; the same seed cuts alike. */
    public static Tap cutting(String host, int port, long seed) {
        return open(host, port, seed);
    }

    private static Tap open(String host, int port, @Nullable Long seed) {
        try {
            return new Tap(host, port, seed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** In the order in which they were accepted, ended ones too. */
    public List<Connection> connections() {
        return connections;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.forEach(Connection::tear);
    }

    private void accept() {
        for (int n = 0; !listener.isClosed(); n++) {
            try {
                Socket client = listener.accept();
                try {
                    var connection = new Connection(client, new Socket(host, port), seed == null ? null : seed + n);
                    connections.add(connection);
                    connection.start();
                } catch (IOException refused) {
                    client.close();
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    /** One client's connection and the one made for it. */
    public static final class Connection {

        private final Lane fromClient;
        private final Lane fromServer;

        private Connection(Socket client, Socket server, @Nullable Long seed) throws IOException {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            fromClient = new Lane(client, server, seed, false);
            fromServer = new Lane(server, client, seed == null ? null : ~seed, true);
        }

        /** What the client sent so far. */
        public byte[] fromClient() {
            return fromClient.bytes();
        }

        /** What the server sent so far. */
        public byte[] fromServer() {
            return fromServer.bytes();
        }

        /** Whether both directions have ended and everything was recorded. */
        public boolean isOver() {
            return fromClient.over && fromServer.over;
        }

        /** RST to both. */
        public void tear() {
            fromClient.tear();
            fromServer.tear();
        }

        private void start() {
            Thread.ofVirtual().name("tap-from-client").start(fromClient::run);
            Thread.ofVirtual().name("tap-from-server").start(fromServer::run);
        }
    }

    /** One direction of a connection. */
    private static final class Lane {

        private final Socket source;
        private final Socket target;
        private final @Nullable Cuts cuts;
        private final boolean patient;
        private final ByteArrayOutputStream record = new ByteArrayOutputStream();
        private volatile boolean over;

        /** @param patient leaves a target whose source is torn time to read what came */
        Lane(Socket source, Socket target, @Nullable Long seed, boolean patient) {
            this.source = source;
            this.target = target;
            this.cuts = seed == null ? null : new Cuts(seed);
            this.patient = patient;
        }

        void run() {
            try {
                pass(source.getInputStream(), target.getOutputStream());
                target.shutdownOutput();
            } catch (IOException torn) {
                end();
            } finally {
                over = true;
            }
        }

        /** A close would throw away what the kernel still holds for a target that sends; so a patient lane only ends its stream. */
        private void end() {
            close(source);
            try {
                if (patient) {
                    target.shutdownOutput();
                } else {
                    close(target);
                }
            } catch (IOException gone) {
                close(target);
            }
        }

        /** To the end of the source; or until the target takes no more, which may still have something to say. */
        private void pass(InputStream in, OutputStream out) throws IOException {
            byte[] buffer = new byte[64 << 10];
            boolean taken = true;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (record) {
                    record.write(buffer, 0, n);
                }
                taken = taken && isTaken(buffer, n, out);
            }
        }

        private boolean isTaken(byte[] buffer, int length, OutputStream out) {
            try {
                if (cuts == null) {
                    out.write(buffer, 0, length);
                } else {
                    cuts.write(out, buffer, 0, length);
                }
                return true;
            } catch (IOException gone) {
                return false;
            }
        }

        byte[] bytes() {
            synchronized (record) {
                return record.toByteArray();
            }
        }

        void tear() {
            try {
                source.setSoLinger(true, 0);
            } catch (IOException closed) {
                return;
            }
            close(source);
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
