package io.pgweir.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.audit.AuditTrail;
import io.pgweir.audit.ClientFacts;
import io.pgweir.audit.SessionAuditor;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.TrackerOptions;
import io.pgweir.sql.StatementCache;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.StartupPacket;
import java.util.List;

/** One audited session without sockets: what client and server say is decoded, understood, made events. */
final class Conversation {
    private static final int HEADER = 5;
    private static final int CACHE_BYTES = 1 << 20;

    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();
    private final ByteBuf simple = Messages.query(Messages.SELECT);
    private final ByteBuf prepared = Messages.bindExecuteSync("S_1");
    private final ByteBuf simpleAnswer = Unpooled.wrappedBuffer(
                    Messages.rowDescription(),
                    Messages.rows(1),
                    Messages.commandComplete("SELECT 1"),
                    Messages.readyForQuery())
            .copy();
    private final ByteBuf preparedAnswer = Unpooled.wrappedBuffer(
                    Messages.bodyless('2'),
                    Messages.rows(1),
                    Messages.commandComplete("SELECT 1"),
                    Messages.readyForQuery())
            .copy();
    private final SessionTracker tracker;
    private long nanos;

    /** Up to the first ReadyForQuery, with the statement {@code S_1} prepared. */
    Conversation(AuditTrail trail) {
        SessionAuditor auditor = trail.open(new ClientFacts("listener", "cluster", "127.0.0.1", 1));
        StatementCache cache = new StatementCache(CACHE_BYTES);
        tracker = new SessionTracker(auditor, cache::get, TrackerOptions.DEFAULT);
        StartupPacket.Startup startup = new StartupPacket.Startup(
                StartupPacket.PROTOCOL_3_0, List.of(new StartupPacket.Parameter("user", "bench")));
        auditor.onStart(startup);
        tracker.onStartup(startup, 1);
        receive(Messages.message('R', body -> body.writeInt(0)));
        receive(Messages.readyForQuery());
        send(Messages.parse("S_1", Messages.SELECT));
        send(Messages.bodyless('S'));
        receive(Messages.bodyless('1'));
        receive(Messages.readyForQuery());
    }

    void simpleStatement() {
        send(simple);
        receive(simpleAnswer);
    }

    void preparedStatement() {
        send(prepared);
        receive(preparedAnswer);
    }

    void row() {
        tracker.onDataRow(122, nanos);
    }

    private void send(ByteBuf bytes) {
        nanos = System.nanoTime();
        for (int at = 0; at < bytes.writerIndex(); ) {
            int bodyLength = bytes.getInt(at + 1) - 4;
            tracker.onFrontend(frontend.decode(bytes.getByte(at), bytes, at + HEADER, bodyLength), nanos);
            at += HEADER + bodyLength;
        }
    }

    private void receive(ByteBuf bytes) {
        nanos = System.nanoTime();
        for (int at = 0; at < bytes.writerIndex(); ) {
            byte type = bytes.getByte(at);
            int bodyLength = bytes.getInt(at + 1) - 4;
            if (type == 'D') {
                tracker.onDataRow(bodyLength, nanos);
            } else {
                tracker.onBackend(backend.decode(type, bytes, at + HEADER, bodyLength), nanos);
            }
            at += HEADER + bodyLength;
        }
    }
}
