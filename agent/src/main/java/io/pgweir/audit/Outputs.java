package io.pgweir.audit;

import io.pgweir.audit.encode.JsonEncoder;
import io.pgweir.audit.encode.PrettyEncoder;
import io.pgweir.audit.file.FileSink;
import io.pgweir.audit.file.StdoutSink;
import io.pgweir.config.AuditConfig;
import java.util.List;

/** The sinks that a configuration names, each with its words. */
final class Outputs {
    private Outputs() {}

    static List<Output> of(AuditConfig config, AgentFacts agent) {
        return config.sinks().stream().map(sink -> of(sink, config, agent)).toList();
    }

    private static Output of(AuditConfig.Sink sink, AuditConfig config, AgentFacts agent) {
        return switch (sink) {
            case AuditConfig.Sink.Stdout stdout ->
                new Output(stdoutEncoder(stdout.format(), config, agent), new StdoutSink());
            case AuditConfig.Sink.File file -> new Output(new JsonEncoder(config, agent), new FileSink(file.path()));
            case AuditConfig.Sink.Kafka _, AuditConfig.Sink.CloudWatchLogs _ ->
                throw new IllegalStateException("not wired yet");
        };
    }

    private static RecordEncoder stdoutEncoder(AuditConfig.Format format, AuditConfig config, AgentFacts agent) {
        boolean terminal = StdoutSink.isTerminal();
        boolean pretty = format == AuditConfig.Format.PRETTY || (format == AuditConfig.Format.AUTO && terminal);
        return pretty ? new PrettyEncoder(config, terminal) : new JsonEncoder(config, agent);
    }
}
