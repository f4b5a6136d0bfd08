package io.pgweir.audit;

import io.pgweir.audit.file.FileSink;
import io.pgweir.audit.file.StdoutSink;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Sink;
import java.util.List;

/** The sinks that a configuration names, each with its words. */
final class Outputs {
    private Outputs() {}

    static List<AuditSink> of(AuditConfig config) {
        return config.sinks().stream().map(Outputs::of).toList();
    }

    private static AuditSink of(Sink sink) {
        return switch (sink) {
            case Sink.Stdout _ -> new StdoutSink(RecordFormat.NATIVE);
            case Sink.File file -> new FileSink(file.path(), RecordFormat.NATIVE);
            case Sink.Kafka _, Sink.CloudWatchLogs _ -> throw new IllegalStateException("not wired yet");
        };
    }
}
