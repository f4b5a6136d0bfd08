package io.pgweir.offline.packets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.pcap.Endpoint;
import io.pgweir.capture.pcap.TcpHearer;
import io.pgweir.session.Snapshot;
import io.pgweir.wire.ProtocolException;
import io.pgweir.wire.StartupDecoder;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one TCP connection says, from its first bytes on, or from the first that were seen.
 *
 * <pre>
 *   STARTUP ---- SSLRequest, GSSENCRequest ---> ASKED ---- S, G -----> LEFT_OUT
 *     ^  |  \                                     |
 *     |  |   '-- CancelRequest, no packet ----> LEFT_OUT
 *     |  |                                        |
 *     '--|------------------- N ------------------'
 *        '------ startup packet ---> SESSION  ---- bytes are missing ---> SEEKING
 *                                       ^                                   |
 *                                       '-- ReadyForQuery, then messages ---'
 * </pre>
 *
 * <p>Where bytes are missing the session ends in the capture, and goes on as another one that was found open. One thread.
 */
final class ImportedConnection implements TcpHearer {
    private static final byte NO = 'N';
    private static final byte YES_TLS = 'S';
    private static final byte YES_GSS = 'G';

    private final PacketImport imports;
    private final Endpoint client;
    private final Endpoint server;
    private final ByteBuf begin = Unpooled.buffer(0);
    private Stage stage;
    private StartupPacket.@Nullable Startup startup;
    private @Nullable ImportedSession session;

    /** What the server said last, while no session is understood: that it is ready. */
    private @Nullable TransactionStatus ready;

    /** What the sessions before this one had. */
    private Snapshot known = new Snapshot(TransactionStatus.IDLE, Map.of(), List.of(), List.of());

    private boolean spoke;
    private boolean begun;

    private enum Stage {
        STARTUP,
        ASKED,
        SESSION,
        SEEKING,
        LEFT_OUT
    }

    /** @param fromBeginning whether the first bytes are the first that were said */
    ImportedConnection(PacketImport imports, Endpoint client, Endpoint server, boolean fromBeginning) {
        this.imports = imports;
        this.client = client;
        this.server = server;
        stage = fromBeginning ? Stage.STARTUP : Stage.SEEKING;
    }

    @Override
    public void onBytes(Direction from, long epochNanos, ByteBuffer bytes) {
        imports.at(epochNanos);
        spoke |= from == Direction.FRONTEND;
        switch (stage) {
            case STARTUP, ASKED -> onStartupBytes(from, epochNanos, bytes);
            case SESSION -> hear(from, epochNanos, bytes);
            case SEEKING -> seek(from, epochNanos, bytes);
            case LEFT_OUT -> {}
        }
    }

    private void onStartupBytes(Direction from, long epochNanos, ByteBuffer bytes) {
        if (from == Direction.FRONTEND) {
            begin.writeBytes(bytes.duplicate());
            if (stage == Stage.STARTUP) {
                readStartup(epochNanos);
            }
            return;
        }
        byte answer = bytes.get(bytes.position());
        if (stage == Stage.ASKED && answer == NO) {
            stage = Stage.STARTUP;
            readStartup(epochNanos);
        } else if (stage == Stage.ASKED && (answer == YES_TLS || answer == YES_GSS)) {
            leaveOut(LeftOut.ENCRYPTED);
        } else {
            leaveOut(answer == 'E' ? LeftOut.REFUSED : LeftOut.NOT_POSTGRESQL);
        }
    }

    private void readStartup(long epochNanos) {
        int at = begin.readerIndex();
        if (Boundary.beginsTls(begin.nioBuffer())) {
            leaveOut(LeftOut.ENCRYPTED);
            return;
        }
        if (begin.readableBytes() < Integer.BYTES) {
            return;
        }
        int length = begin.getInt(at);
        if (length < StartupPacket.LENGTH_MIN || length > StartupPacket.LENGTH_MAX) {
            onNoStartup(epochNanos);
            return;
        }
        if (begin.readableBytes() < length) {
            return;
        }
        try {
            StartupPacket packet = StartupDecoder.decode(begin, at, length);
            begin.skipBytes(length);
            onPacket(packet, epochNanos);
        } catch (ProtocolException refused) {
            leaveOut(LeftOut.NOT_POSTGRESQL);
        }
    }

    private void onPacket(StartupPacket packet, long epochNanos) {
        switch (packet) {
            case StartupPacket.SslRequest _, StartupPacket.GssEncRequest _ -> stage = Stage.ASKED;
            case StartupPacket.CancelRequest(int processId, byte[] key) -> {
                imports.onCancel(processId, key, epochNanos);
                begun = true;
                leave();
            }
            case StartupPacket.Startup wanted -> {
                if (wanted.major() != 3) {
                    leaveOut(LeftOut.NOT_POSTGRESQL);
                    return;
                }
                startup = wanted;
                begun = true;
                session = ImportedSession.began(imports, client, server, wanted, epochNanos);
                stage = Stage.SESSION;
                hearRest(epochNanos);
            }
        }
    }

    /** An export has sessions that were open when their capture began: they begin with whatever they said. */
    private void onNoStartup(long epochNanos) {
        if (Boundary.beginsMessages(begin.nioBuffer())) {
            ready = TransactionStatus.IDLE;
            find(epochNanos);
            hearRest(epochNanos);
        } else {
            leaveOut(LeftOut.NOT_POSTGRESQL);
        }
    }

    private void hearRest(long epochNanos) {
        ByteBuffer rest = begin.nioBuffer();
        if (rest.hasRemaining()) {
            hear(Direction.FRONTEND, epochNanos, rest);
        }
        begin.clear().capacity(0);
    }

    private void hear(Direction from, long epochNanos, ByteBuffer bytes) {
        ImportedSession hears = session;
        if (hears != null && !hears.onBytes(from, epochNanos, bytes)) {
            lose(epochNanos, 0);
        }
    }

    /**
     * Between a ReadyForQuery, at the end of what the server said last, and messages of the client's, nothing is outstanding, and
     * both directions stand at the beginning of a message.
     */
    private void seek(Direction from, long epochNanos, ByteBuffer bytes) {
        if (from == Direction.BACKEND) {
            TransactionStatus now = Boundary.ready(bytes);
            // What comes by itself, as a notification does, changes nothing.
            ready = now != null || !Boundary.isWhole(bytes) ? now : ready;
        } else if (ready != null && Boundary.beginsMessages(bytes)) {
            find(epochNanos);
            hear(from, epochNanos, bytes);
        } else {
            ready = null;
            if (!begun && Boundary.beginsTls(bytes)) {
                leaveOut(LeftOut.ENCRYPTED);
            }
        }
    }

    private void find(long epochNanos) {
        TransactionStatus status = ready == null ? TransactionStatus.IDLE : ready;
        Snapshot found = new Snapshot(status, known.settings(), known.statements(), List.of());
        session = ImportedSession.found(imports, client, server, startup, found, epochNanos);
        begun = true;
        ready = null;
        stage = Stage.SESSION;
    }

    @Override
    public void onMissing(Direction from, long epochNanos, long bytes) {
        imports.at(epochNanos);
        switch (stage) {
            case STARTUP, ASKED -> {
                begin.clear().capacity(0);
                stage = Stage.SEEKING;
            }
            case SESSION -> lose(epochNanos, bytes);
            case SEEKING -> ready = null;
            case LEFT_OUT -> {}
        }
    }

    /** Nobody knows any more where the next message begins. */
    private void lose(long epochNanos, long bytes) {
        ImportedSession lost = session;
        if (lost != null) {
            imports.onGap(bytes);
            known = lost.lose(epochNanos, bytes, known);
            session = null;
        }
        ready = null;
        stage = Stage.SEEKING;
    }

    @Override
    public void onEnd(Direction by, boolean reset, long epochNanos) {
        if (session != null) {
            session.end(epochNanos, by, reset);
        }
        onOver();
    }

    @Override
    public void onDropped(long epochNanos) {
        if (session != null) {
            session.drop(epochNanos);
        }
        onOver();
    }

    @Override
    public void onFileEnd() {
        if (session != null) {
            session.close();
        }
        onOver();
    }

    private void onOver() {
        session = null;
        if (stage != Stage.LEFT_OUT && !begun) {
            leaveOut(spoke ? LeftOut.NOT_SEEN : LeftOut.SILENT);
        }
        leave();
    }

    private void leaveOut(LeftOut why) {
        imports.onLeftOut(why);
        leave();
    }

    private void leave() {
        stage = Stage.LEFT_OUT;
        begin.clear().capacity(0);
    }

    @Override
    public long heldBytes() {
        return begin.capacity() + (session == null ? 0 : session.heldBytes());
    }
}
