package io.pgweir.bench;

import io.pgweir.audit.AgentFacts;
import io.pgweir.audit.AuditTrail;
import io.pgweir.audit.TimeSource;
import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Telemetry;
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
    private AuditTrail trail;
    private Conversation session;

    @Setup
    public void start() throws IOException {
        AgentFacts agent = new AgentFacts("bench", "0", "localhost");
        AuditConfig config = AuditConfig.DEFAULT;
        trail = AuditTrail.to(List.of(new Nowhere()), config, agent, TimeSource.SYSTEM, new Telemetry());
        trail.start();
        session = new Conversation(trail);
    }

    @TearDown
    public void stop() {
        trail.close();
    }

    @Benchmark
    public void simpleStatement() {
        session.simpleStatement();
    }

    @Benchmark
    public void preparedStatement() {
        session.preparedStatement();
    }

    /** What a row costs the tracker: the relay has done the length arithmetic. */
    @Benchmark
    public void row() {
        session.row();
    }
}
