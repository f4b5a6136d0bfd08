package io.pgweir.bench;

import io.pgweir.audit.AgentFacts;
import io.pgweir.audit.AuditTrail;
import io.pgweir.audit.TimeSource;
import io.pgweir.audit.seal.RecordSource;
import io.pgweir.audit.seal.TrailFiles;
import io.pgweir.audit.seal.TrailReport;
import io.pgweir.audit.seal.TrailVerifier;
import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What {@code pgweir audit verify} does with a spool of so many records of statements, each checked by itself and in its chain. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls @Setup before all else.
public class VerifyBenchmark {
    /** Room in the queue for what is offered between two looks at it. */
    private static final int BURST = 1000;

    @Param("1000000")
    private int records;

    private Path dir;

    @Setup
    public void write() throws IOException, InterruptedException {
        dir = Files.createTempDirectory("pgweir-verify");
        AuditConfig like = AuditConfig.DEFAULT;
        AuditConfig config = new AuditConfig(
                like.parameters(),
                like.text(),
                like.queueRecords(),
                like.textBytes(),
                like.parameterBytes(),
                like.copySha256(),
                null,
                like.durability(),
                AuditConfig.Spool.of(dir),
                like.seal(),
                List.of());
        AgentFacts agent = new AgentFacts("bench", "0", "localhost");
        try (AuditTrail trail =
                AuditTrail.to(List.of(new Nowhere()), config, agent, TimeSource.SYSTEM, new Telemetry())) {
            trail.start();
            Conversation session = new Conversation(trail);
            for (int i = 0; i < records; i++) {
                if (i % BURST == 0) {
                    while (trail.isCongested()) {
                        Thread.sleep(1);
                    }
                }
                session.preparedStatement();
            }
        }
    }

    @TearDown
    public void delete() throws IOException {
        try (Stream<Path> all = Files.walk(dir)) {
            for (Path path : all.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(path);
            }
        }
    }

    @Benchmark
    public TrailReport verify() throws IOException, InterruptedException {
        List<RecordSource> sources = TrailFiles.open(List.of(dir));
        try {
            TrailVerifier.Options options = new TrailVerifier.Options(false, false, false);
            TrailReport report = new TrailVerifier(List.of(), options).verify(sources, (bytes, count) -> {});
            if (!report.isWhole() || report.records() < records) {
                throw new IllegalStateException("records: " + report.records() + ", findings: " + report.findings());
            }
            return report;
        } finally {
            for (RecordSource source : sources) {
                source.close();
            }
        }
    }
}
