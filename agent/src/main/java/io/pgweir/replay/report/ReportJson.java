package io.pgweir.replay.report;

import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.replay.Difference;
import io.pgweir.replay.Difference.Kind;
import io.pgweir.replay.Results.Group;
import io.pgweir.replay.Results.Summary;
import io.pgweir.replay.Timeline;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** A report for programs, as {@code schemas/replay-report.v1.json} has it: times in nanoseconds, checksums in hexadecimal. */
public final class ReportJson {
    static final int VERSION = 1;
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final JsonGenerator json;

    private ReportJson(JsonGenerator json) {
        this.json = json;
    }

    /** @param to is not closed */
    public static void write(Report report, Writer to) {
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), to)) {
            new ReportJson(json).write(report);
        }
    }

    private void write(Report report) {
        Report.Run run = report.run();
        Summary summary = report.summary();
        json.writeStartObject();
        json.writeNumberProperty("version", VERSION);
        json.writeStringProperty("pgweir", run.pgweir());
        textOrNull("capture", run.capture());
        textOrNull("captured_at", run.captured());
        json.writeStringProperty("started_at", run.started().toString());
        json.writeStringProperty("target", run.target());
        if (run.isTimed()) {
            json.writeNumberProperty("speed", run.speed());
        } else {
            json.writeNullProperty("speed");
        }
        json.writeArrayPropertyStart("partial");
        report.partial().forEach(json::writeString);
        json.writeEndArray();
        baseline(report.baseline());
        json.writeNumberProperty("sessions", summary.sessions());
        json.writeNumberProperty("sessions_failed", summary.sessionsFailed());
        json.writeNumberProperty("sessions_stopped", summary.sessionsStopped());
        json.writeNumberProperty("sessions_left_out", report.sessionsSkipped());
        json.writeNumberProperty("messages", summary.messages());
        json.writeNumberProperty("messages_not_sent", summary.notSent());
        json.writeNumberProperty("messages_not_captured", summary.gaps());
        json.writeNumberProperty("nanos", summary.nanos());
        json.writeNumberProperty("answers", summary.answers());
        json.writeNumberProperty("differing", summary.differing());
        kinds(summary.kinds());
        times("captured", summary.captured());
        times("replayed", summary.replayed());
        times("late", summary.late());
        times("behind", summary.behind());
        timeline("timeline_captured", summary.capturedTimes());
        timeline("timeline_replayed", summary.replayedTimes());
        errors(summary);
        statements(summary, report.baseline());
        differences(summary);
        json.writeArrayPropertyStart("failures");
        summary.failures().forEach(json::writeString);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void baseline(@Nullable Baseline baseline) {
        if (baseline == null) {
            json.writeNullProperty("baseline");
            return;
        }
        json.writeObjectPropertyStart("baseline");
        json.writeStringProperty("target", baseline.run().target());
        json.writeStringProperty("started_at", baseline.run().started().toString());
        json.writeNumberProperty("differing_beyond", baseline.differing());
        json.writeEndObject();
    }

    private void textOrNull(String name, @Nullable Object value) {
        if (value == null) {
            json.writeNullProperty(name);
        } else {
            json.writeStringProperty(name, value.toString());
        }
    }

    private void kinds(Map<Kind, Long> kinds) {
        json.writeObjectPropertyStart("kinds");
        new TreeMap<>(kinds).forEach((kind, count) -> json.writeNumberProperty(Figures.word(kind), count));
        json.writeEndObject();
    }

    private void times(String name, Histogram histogram) {
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("count", histogram.getTotalCount());
        json.writeNumberProperty("p50", histogram.getValueAtPercentile(50));
        json.writeNumberProperty("p95", histogram.getValueAtPercentile(95));
        json.writeNumberProperty("p99", histogram.getValueAtPercentile(99));
        json.writeNumberProperty("max", histogram.getMaxValue());
        if (histogram.getTotalCount() > 0) {
            json.writeStringProperty("histogram", encoded(histogram));
        }
        json.writeEndObject();
    }

    /** HdrHistogram's own V2 form, compressed. */
    private static String encoded(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    private void timeline(String name, Timeline line) {
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("stretch_nanos", line.stretchNanos());
        json.writeArrayPropertyStart("counts");
        for (long count : line.counts()) {
            json.writeNumber(count);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void errors(Summary summary) {
        json.writeArrayPropertyStart("errors");
        summary.errors().forEach((state, errors) -> {
            json.writeStartObject();
            json.writeStringProperty("sqlstate", state);
            json.writeNumberProperty("captured", errors.captured());
            json.writeNumberProperty("replayed", errors.replayed());
            json.writeEndObject();
        });
        json.writeEndArray();
    }

    private void statements(Summary summary, @Nullable Baseline baseline) {
        json.writeArrayPropertyStart("statements");
        for (Map.Entry<String, Group> each : summary.groups().entrySet()) {
            Group group = each.getValue();
            json.writeStartObject();
            json.writeStringProperty("fingerprint", each.getKey());
            json.writeStringProperty("statement", group.sample());
            json.writeNumberProperty("answers", group.answers());
            json.writeNumberProperty("differing", group.differing());
            if (baseline != null) {
                json.writeNumberProperty("differing_beyond", baseline.differing(each.getKey()));
                json.writeBooleanProperty("slower_beyond", baseline.isSlower(each.getKey(), group));
            }
            kinds(group.kinds());
            json.writeNumberProperty("errors_captured", group.errorsBefore());
            json.writeNumberProperty("errors_replayed", group.errorsNow());
            times("captured", group.captured());
            times("replayed", group.replayed());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void differences(Summary summary) {
        json.writeArrayPropertyStart("differences");
        for (Difference each : summary.differences()) {
            json.writeStartObject();
            json.writeStringProperty("kind", Figures.word(each.kind()));
            json.writeNumberProperty("session", each.session());
            json.writeNumberProperty("request", each.request());
            json.writeStringProperty("fingerprint", each.label());
            answer("captured", each.captured());
            answer("replayed", each.replayed());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void answer(String name, @Nullable Response response) {
        if (response == null) {
            json.writeNullProperty(name);
            return;
        }
        json.writeObjectPropertyStart(name);
        json.writeStringProperty("tag", response.tag());
        json.writeStringProperty("sqlstate", response.sqlState());
        json.writeNumberProperty("rows", response.rows());
        json.writeNumberProperty("bytes", response.bytes());
        json.writeStringProperty("unordered", Long.toHexString(response.unordered()));
        json.writeStringProperty("ordered", Long.toHexString(response.ordered()));
        json.writeNumberProperty("nanos", response.totalNanos());
        json.writeEndObject();
    }
}
