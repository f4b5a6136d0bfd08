package io.pgweir.cli;

import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.replay.Difference;
import io.pgweir.replay.Results;
import io.pgweir.replay.Results.Summary;
import java.io.Writer;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What came of a replay, for programs: times in nanoseconds, checksums in hexadecimal. */
final class ReplayJson {
    private static final int VERSION = 1;
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator json;

    private ReplayJson(JsonGenerator json) {
        this.json = json;
    }

    /** @param to is not closed */
    static void write(Summary summary, long skipped, Writer to) {
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), to)) {
            new ReplayJson(json).write(summary, skipped);
        }
    }

    private void write(Summary summary, long skipped) {
        json.writeStartObject();
        json.writeNumberProperty("version", VERSION);
        json.writeNumberProperty("sessions", summary.sessions());
        json.writeNumberProperty("sessions_failed", summary.sessionsFailed());
        json.writeNumberProperty("sessions_left_out", skipped);
        json.writeNumberProperty("messages", summary.messages());
        json.writeNumberProperty("messages_not_sent", summary.notSent());
        json.writeNumberProperty("messages_not_captured", summary.gaps());
        json.writeNumberProperty("nanos", summary.nanos());
        json.writeNumberProperty("answers", summary.answers());
        json.writeNumberProperty("differing", summary.differing());
        json.writeObjectPropertyStart("kinds");
        summary.kinds().forEach((kind, count) -> json.writeNumberProperty(word(kind), count));
        json.writeEndObject();
        times("captured", summary.captured());
        times("replayed", summary.replayed());
        times("late", summary.late());
        times("behind", summary.behind());
        json.writeArrayPropertyStart("statements");
        for (Map.Entry<String, Results.Group> each : summary.groups().entrySet()) {
            json.writeStartObject();
            json.writeStringProperty("fingerprint", each.getKey());
            json.writeNumberProperty("answers", each.getValue().answers());
            json.writeNumberProperty("differing", each.getValue().differing());
            json.writeNumberProperty("errors_captured", each.getValue().errorsBefore());
            json.writeNumberProperty("errors_replayed", each.getValue().errorsNow());
            times("captured", each.getValue().captured());
            times("replayed", each.getValue().replayed());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("differences");
        for (Difference each : summary.differences()) {
            json.writeStartObject();
            json.writeStringProperty("kind", word(each.kind()));
            json.writeNumberProperty("session", each.session());
            json.writeNumberProperty("request", each.request());
            json.writeStringProperty("fingerprint", each.label());
            answer("captured", each.captured());
            answer("replayed", each.replayed());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("failures");
        summary.failures().forEach(json::writeString);
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String word(Difference.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private void times(String name, Histogram histogram) {
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("count", histogram.getTotalCount());
        json.writeNumberProperty("p50", histogram.getValueAtPercentile(50));
        json.writeNumberProperty("p95", histogram.getValueAtPercentile(95));
        json.writeNumberProperty("p99", histogram.getValueAtPercentile(99));
        json.writeNumberProperty("max", histogram.getMaxValue());
        json.writeEndObject();
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
