package io.pgweir.audit;

import io.pgweir.audit.cloudwatch.CloudWatchLogsSink;
import io.pgweir.audit.encode.EcsFormat;
import io.pgweir.audit.encode.OcsfFormat;
import io.pgweir.audit.encode.PrettyFormat;
import io.pgweir.audit.file.FileSink;
import io.pgweir.audit.file.StdoutSink;
import io.pgweir.audit.kafka.KafkaSink;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Format;
import io.pgweir.config.AuditConfig.Sink;
import java.util.List;

/** The sinks that a configuration names, each with its words. */
final class Outputs {
    private Outputs() {}

    static List<AuditSink> of(AuditConfig config, SinkNotes notes) {
        // A spool forgets what a sink has taken.
        boolean durable = config.spool() != null;
        return config.sinks().stream().map(sink -> of(sink, durable, notes)).toList();
    }

    private static AuditSink of(Sink sink, boolean durable, SinkNotes notes) {
        return switch (sink) {
            case Sink.Stdout stdout -> new StdoutSink(format(stdout.format()));
            case Sink.File file -> new FileSink(file, format(file.format()), durable);
            case Sink.Kafka kafka -> new KafkaSink(kafka, format(kafka.format()), notes);
            case Sink.CloudWatchLogs logs -> new CloudWatchLogsSink(logs, format(logs.format()), notes);
        };
    }

    private static RecordFormat format(Format format) {
        return switch (format) {
            case NDJSON -> RecordFormat.NATIVE;
            case OCSF -> new OcsfFormat();
            case ECS -> new EcsFormat();
            case PRETTY -> new PrettyFormat(StdoutSink.isTerminal());
            case AUTO -> StdoutSink.isTerminal() ? new PrettyFormat(true) : RecordFormat.NATIVE;
        };
    }
}
