package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.sql.SqlScript;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.ProtocolException;
import io.pgweir.wire.StartupDecoder;
import io.pgweir.wire.StartupPacket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a real server, with a tracker in between that sees every byte before it goes on: the client's before the
 * server can answer, the server's before the client can react. Two blocking threads; the tracker is under one lock.
 */
final class TrackedRelay implements AutoCloseable {
    final RecordingListener listener = new RecordingListener();
    final SessionTracker tracker;
    final List<RuntimeException> faults = new ArrayList<>();
    private final ServerSocket door;
    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();
    private final CountDownLatch over = new CountDownLatch(2);
    private boolean started;

    TrackedRelay(int serverPort, TrackerOptions options) {
        tracker = new SessionTracker(listener, SqlScript::of, options);
        try {
            door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(() -> accept(serverPort));
    }

    int port() {
        return door.getLocalPort();
    }

    /** What {@code question} reads off the tracker and the listener while neither changes. */
    synchronized <T> T ask(Function<TrackedRelay, T> question) {
        return question.apply(this);
    }

    /** Waits until both directions have ended and the tracker knows. */
    void awaitOver() {
        try {
            if (!over.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the relay is still open after 20 s");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void accept(int serverPort) {
        try {
            Socket client = door.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> run(client, server, this::onClient));
            Thread.ofVirtual().start(() -> run(server, client, this::onServer));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(Socket source, Socket target, Reader reader) {
        ByteBuf pending = Unpooled.buffer();
        byte[] bytes = new byte[64 << 10];
        try (source;
                target) {
            InputStream in = source.getInputStream();
            OutputStream out = target.getOutputStream();
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                pending.writeBytes(bytes, 0, n);
                track(reader, pending);
                out.write(bytes, 0, n);
            }
        } catch (IOException torn) {
            // The other direction ends too.
        } finally {
            synchronized (this) {
                tracker.onClosed(System.nanoTime());
            }
            over.countDown();
        }
    }

    private synchronized void track(Reader reader, ByteBuf pending) {
        try {
            while (reader.readNext(pending)) {
                pending.discardSomeReadBytes();
            }
        } catch (RuntimeException fault) {
            faults.add(fault);
        }
    }

    private boolean onClient(ByteBuf in) {
        if (!started) {
            return onStartup(in);
        }
        Frame frame = Frame.next(in);
        if (frame == null) {
            return false;
        }
        if (frame.type == MessageType.Frontend.COPY_DATA) {
            tracker.onFrontendCopyData(in, frame.at, frame.length, true, true);
        } else {
            frontend.charset(tracker.clientCharset());
            frontend.saslOffered(tracker.saslOffered());
            tracker.onFrontend(frontend.decode(frame.type, in, frame.at, frame.length), System.nanoTime());
        }
        return true;
    }

    private boolean onStartup(ByteBuf in) {
        int length = in.readableBytes() < 4 ? Integer.MAX_VALUE : in.getInt(in.readerIndex());
        if (in.readableBytes() < length) {
            return false;
        }
        try {
            if (StartupDecoder.decode(in, in.readerIndex(), length) instanceof StartupPacket.Startup startup) {
                tracker.onStartup(startup, System.nanoTime());
                started = true;
            }
        } catch (ProtocolException e) {
            throw new IllegalStateException(e);
        }
        in.skipBytes(length);
        return true;
    }

    private boolean onServer(ByteBuf in) {
        Frame frame = Frame.next(in);
        if (frame == null) {
            return false;
        }
        long nanos = System.nanoTime();
        switch (frame.type) {
            case MessageType.Backend.DATA_ROW -> tracker.onDataRow(frame.length, nanos);
            case MessageType.Backend.COPY_DATA ->
                tracker.onBackendCopyData(in, frame.at, frame.length, true, true, nanos);
            default -> {
                backend.charset(tracker.clientCharset());
                tracker.onBackend(backend.decode(frame.type, in, frame.at, frame.length), nanos);
            }
        }
        return true;
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Reader {
        boolean readNext(ByteBuf in);
    }

    private record Frame(byte type, int at, int length) {
        /** The next whole message, stepped over; null where it is not there yet. */
        static @Nullable Frame next(ByteBuf in) {
            if (in.readableBytes() < MessageType.HEADER_BYTES) {
                return null;
            }
            int start = in.readerIndex();
            int length = in.getInt(start + 1) - MessageType.LENGTH_BYTES;
            if (in.readableBytes() < MessageType.HEADER_BYTES + length) {
                return null;
            }
            in.skipBytes(MessageType.HEADER_BYTES + length);
            return new Frame(in.getByte(start), start + MessageType.HEADER_BYTES, length);
        }
    }
}
