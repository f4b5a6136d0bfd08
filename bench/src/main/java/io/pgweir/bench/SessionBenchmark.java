package io.pgweir.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.audit.AgentFacts;
import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import io.pgweir.audit.AuditTrail;
import io.pgweir.audit.ClientFacts;
import io.pgweir.audit.SessionAuditor;
import io.pgweir.audit.TimeSource;
import io.pgweir.config.AuditConfig;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.TrackerOptions;
import io.pgweir.sql.StatementCache;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.StartupPacket;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The meaning lane of one statement, both directions, on the event loop: decoded, understood, made an event, offered to the
 * queue. The writer thread encodes every record to JSON beside it, and throws the bytes away.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls @Setup before all else.
public class SessionBenchmark {
    private static final int HEADER = 5;
    private static final int QUEUE_RECORDS = 65536;
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

    private AuditTrail trail;
    private SessionTracker tracker;
    private long nanos;

    @Setup
    public void start() throws IOException {
        AgentFacts agent = new AgentFacts("bench", "0", "localhost");
        AuditConfig config = new AuditConfig(
                AuditConfig.Content.REDACTED,
                AuditConfig.Content.REDACTED,
                QUEUE_RECORDS,
                32 << 10,
                1 << 10,
                true,
                List.of());
        trail = AuditTrail.to(List.of(new Nowhere()), config, agent, TimeSource.SYSTEM, new Telemetry());
        trail.start();
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

    @TearDown
    public void stop() {
        trail.close();
    }

    @Benchmark
    public void simpleStatement() {
        send(simple);
        receive(simpleAnswer);
    }

    @Benchmark
    public void preparedStatement() {
        send(prepared);
        receive(preparedAnswer);
    }

    /** What a row costs the tracker: the relay has done the length arithmetic. */
    @Benchmark
    public void row() {
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

    /** A sink whose disk is infinitely fast. */
    private static final class Nowhere implements AuditSink {
        @Override
        public String name() {
            return "nowhere";
        }

        @Override
        public void open() {}

        @Override
        public void write(List<AuditRecord> batch) {}

        @Override
        public void close() {}
    }
}
