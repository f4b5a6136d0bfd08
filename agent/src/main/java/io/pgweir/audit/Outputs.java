package io.pgweir.audit;

import io.pgweir.audit.encode.EcsFormat;
import io.pgweir.audit.encode.OcsfFormat;
import io.pgweir.audit.encode.PrettyFormat;
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
            case Sink.Stdout stdout -> new StdoutSink(format(stdout.format()));
            case Sink.File file -> new FileSink(file.path(), format(file.format()));
            case Sink.Kafka _, Sink.CloudWatchLogs _ -> throw new IllegalStateException("not wired yet");
        };
    }

    private static RecordFormat format(AuditConfig.Format format) {
        return switch (format) {
            case NDJSON -> RecordFormat.NATIVE;
            case OCSF -> new OcsfFormat();
            case ECS -> new EcsFormat();
            case PRETTY -> new PrettyFormat(StdoutSink.isTerminal());
            case AUTO -> StdoutSink.isTerminal() ? new PrettyFormat(true) : RecordFormat.NATIVE;
        };
    }
}
