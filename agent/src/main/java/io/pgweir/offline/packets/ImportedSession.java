package io.pgweir.offline.packets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CapturedSession;
import io.pgweir.capture.pcap.Endpoint;
import io.pgweir.proxy.EndCause;
import io.pgweir.proxy.relay.Relay;
import io.pgweir.proxy.tap.SessionTap;
import io.pgweir.session.Execution;
import io.pgweir.session.SessionListener;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.Snapshot;
import io.pgweir.session.TrackerOptions;
import io.pgweir.session.Transaction;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One session of the capture: relays that lead nowhere, a tracker, and the tap between them. One thread. */
final class ImportedSession implements Watched {
    private static final String PACKETS_MISSING = "packets-missing";
    private static final String NOT_UNDERSTOOD = "not-understood";
    private static final String IMPORT_LIMIT = "import-limit";

    /** As the proxy's default: what is longer streams. */
    private static final int MESSAGE_BYTES = 1 << 20;

    /** Of the heap, without the detector: what is held when a file ends goes with its session. */
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false, true);

    private static final TrackerOptions OPTIONS = new TrackerOptions(0, false);

    private final PacketImport imports;
    private final SessionTracker tracker;
    private final CapturedSession captured;
    private final SessionTap tap;
    private final Relay toServer;
    private final Relay toClient;
    private long nanos;
    private boolean understood = true;
    private boolean terminated;
    private int processId;
    private byte @Nullable [] key;

    /** Nobody asks what the session did. */
    private enum Silent implements SessionListener {
        LISTENER;

        @Override
        public void onAuthentication(String method, @Nullable ErrorFields error, long at) {}

        @Override
        public void onExecution(Execution execution) {}

        @Override
        public void onTransactionEnd(Transaction transaction) {}

        @Override
        public void onParameterStatus(String name, String value) {}
    }

    private ImportedSession(PacketImport imports, SessionTracker tracker, SessionOpen open, long epochNanos) {
        this.imports = imports;
        this.tracker = tracker;
        nanos = epochNanos;
        captured = imports.open(epochNanos, open);
        tap = new SessionTap(captured, tracker, this::nanos);
        toServer =
                new Relay(tap.frontend(new FrontendWatch(tracker, this, MESSAGE_BYTES)), ALLOCATOR, ByteBuf::release);
        toClient = new Relay(tap.backend(new BackendWatch(tracker, this, MESSAGE_BYTES)), ALLOCATOR, ByteBuf::release);
    }

    private static SessionTracker tracker(PacketImport imports) {
        return new SessionTracker(Silent.LISTENER, imports.statements()::get, OPTIONS);
    }

    /** It begins with that packet. */
    static ImportedSession began(
            PacketImport imports, Endpoint client, Endpoint server, StartupPacket.Startup startup, long epochNanos) {
        SessionTracker tracker = tracker(imports);
        tracker.onStartup(startup, epochNanos);
        return new ImportedSession(
                imports, tracker, opening(Origin.BEGAN, client, server, startup, epochNanos), epochNanos);
    }

    /**
     * It is there, and nothing is outstanding.
     *
     * @param startup null where nobody knows
     * @param known what it had, as far as it was seen
     */
    static ImportedSession found(
            PacketImport imports,
            Endpoint client,
            Endpoint server,
            StartupPacket.@Nullable Startup startup,
            Snapshot known,
            long epochNanos) {
        SessionTracker tracker = tracker(imports);
        StartupPacket.Startup began =
                startup == null ? new StartupPacket.Startup(StartupPacket.PROTOCOL_3_0, List.of()) : startup;
        tracker.onStartup(began, epochNanos);
        tracker.onBackend(new BackendMessage.Authentication(BackendMessage.Authentication.OK, List.of()), epochNanos);
        known.settings()
                .forEach((name, value) ->
                        tracker.onBackend(new BackendMessage.ParameterStatus(name, value), epochNanos));
        tracker.onBackend(new BackendMessage.ReadyForQuery(TransactionStatus.IDLE), epochNanos);
        ImportedSession session = new ImportedSession(
                imports, tracker, opening(Origin.FOUND_OPEN, client, server, began, epochNanos), epochNanos);
        session.tap.onFoundOpen(known);
        return session;
    }

    private static SessionOpen opening(
            Origin origin, Endpoint client, Endpoint server, StartupPacket.Startup startup, long epochNanos) {
        String user = startup.parameter("user", "");
        String identity = client + " " + server + " " + epochNanos;
        return new SessionOpen(
                0,
                0,
                UUID.nameUUIDFromBytes(identity.getBytes(UTF_8)),
                origin,
                user,
                startup.parameter("database", user),
                startup.parameter("application_name", ""),
                startup.version(),
                startup.parameters().stream()
                        .map(each -> new Setting(each.name(), each.value()))
                        .toList(),
                new Leg(client.toString(), ""),
                new Leg(server.toString(), ""));
    }

    /** @return whether it is still known where messages begin */
    boolean onBytes(Direction from, long epochNanos, ByteBuffer bytes) {
        nanos = epochNanos;
        Relay relay = from == Direction.FRONTEND ? toServer : toClient;
        relay.onBytes(ALLOCATOR.buffer(bytes.remaining()).writeBytes(bytes.duplicate()));
        return understood;
    }

    void onCancel(long epochNanos) {
        tap.onCancel(epochNanos);
    }

    /**
     * Bytes of it are missing, or were not understood.
     *
     * @return what it has, with what it had before
     */
    Snapshot lose(long epochNanos, long bytes, Snapshot before) {
        captured.gap(epochNanos, Gap.Why.NOT_SEEN, 1, bytes);
        over(epochNanos, understood ? PACKETS_MISSING : NOT_UNDERSTOOD);
        Snapshot now = tracker.snapshot();
        Map<String, String> settings = new TreeMap<>(before.settings());
        settings.putAll(now.settings());
        Map<String, Snapshot.Prepared> statements = new LinkedHashMap<>();
        before.statements().forEach(each -> statements.put(each.name(), each));
        now.statements().forEach(each -> statements.put(each.name(), each));
        return new Snapshot(now.transaction(), settings, List.copyOf(statements.values()), List.of());
    }

    void end(long epochNanos, Direction by, boolean reset) {
        over(epochNanos, cause(by, reset).label());
    }

    private EndCause cause(Direction by, boolean reset) {
        if (terminated) {
            return EndCause.CLIENT_TERMINATED;
        }
        if (tracker.fatal() != null) {
            return EndCause.SERVER_FATAL;
        }
        return switch (by) {
            case FRONTEND -> reset ? EndCause.CLIENT_RESET : EndCause.CLIENT_CLOSED;
            case BACKEND -> reset ? EndCause.SERVER_RESET : EndCause.SERVER_CLOSED;
        };
    }

    void drop(long epochNanos) {
        over(epochNanos, IMPORT_LIMIT);
    }

    private void over(long epochNanos, String cause) {
        tap.end(epochNanos, cause);
        close();
    }

    /** Nothing more is heard of it, and it is not over. */
    void close() {
        toServer.stop();
        toClient.stop();
        if (key != null) {
            imports.onEnd(processId, key);
        }
    }

    long heldBytes() {
        return (long) toServer.heldBytes() + toClient.heldBytes();
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void onMessage(Direction from) {
        imports.onMessage(from);
    }

    @Override
    public void onTerminate() {
        terminated = true;
    }

    @Override
    public void onCancelKey(int id, byte[] secret) {
        processId = id;
        key = secret;
        imports.onCancelKey(id, secret, this);
    }

    @Override
    public void onNoMessage() {
        understood = false;
    }
}
