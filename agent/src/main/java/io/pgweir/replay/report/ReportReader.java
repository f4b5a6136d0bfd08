package io.pgweir.replay.report;

import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.replay.Difference;
import io.pgweir.replay.Difference.Kind;
import io.pgweir.replay.Results;
import io.pgweir.replay.Results.Errors;
import io.pgweir.replay.Results.Group;
import io.pgweir.replay.Results.Summary;
import io.pgweir.replay.Timeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ReportJson} wrote. */
public final class ReportReader {
    private ReportReader() {}

    /** @throws IOException where it is no report, or one of a later pgweir */
    public static Report read(byte[] json) throws IOException {
        try {
            JsonObject report = JsonObject.read(json);
            long version = report.number("version");
            if (version != ReportJson.VERSION) {
                throw new IOException("version: " + version + " (expected: " + ReportJson.VERSION + ")");
            }
            return new Report(
                    run(report), report.texts("partial"), report.number("sessions_left_out"), summary(report));
        } catch (IllegalArgumentException | IndexOutOfBoundsException fault) {
            throw new IOException("no report of a replay: " + fault.getMessage(), fault);
        } catch (DateTimeException | DataFormatException fault) {
            throw new IOException("no report of a replay: " + fault.getMessage(), fault);
        }
    }

    private static Report.Run run(JsonObject report) {
        return new Report.Run(
                report.text("pgweir"),
                report.isNull("capture") ? null : UUID.fromString(report.text("capture")),
                report.isNull("captured_at") ? null : Instant.parse(report.text("captured_at")),
                Instant.parse(report.text("started_at")),
                report.text("target"),
                report.isNull("speed") ? Double.POSITIVE_INFINITY : report.decimal("speed"));
    }

    private static Summary summary(JsonObject report) throws DataFormatException {
        Map<String, Errors> errors = new TreeMap<>();
        for (JsonObject each : report.objects("errors")) {
            errors.put(each.text("sqlstate"), new Errors(each.number("captured"), each.number("replayed")));
        }
        Map<String, Group> groups = new LinkedHashMap<>();
        for (JsonObject each : report.objects("statements")) {
            groups.put(each.text("fingerprint"), group(each));
        }
        return new Summary(
                report.number("sessions"),
                report.number("sessions_failed"),
                report.number("sessions_stopped"),
                report.number("messages"),
                report.number("messages_not_sent"),
                report.number("messages_not_captured"),
                report.number("answers"),
                report.number("differing"),
                kinds(report.object("kinds")),
                report.number("nanos"),
                times(report.object("captured")),
                times(report.object("replayed")),
                times(report.object("late")),
                times(report.object("behind")),
                timeline(report.object("timeline_captured")),
                timeline(report.object("timeline_replayed")),
                errors,
                groups,
                report.objects("differences").stream()
                        .map(ReportReader::difference)
                        .toList(),
                report.texts("failures"));
    }

    private static Group group(JsonObject group) throws DataFormatException {
        return new Group(
                group.text("statement"),
                group.number("answers"),
                kinds(group.object("kinds")),
                group.number("errors_captured"),
                group.number("errors_replayed"),
                times(group.object("captured")),
                times(group.object("replayed")));
    }

    private static Map<Kind, Long> kinds(JsonObject kinds) {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        for (String name : kinds.names()) {
            counts.put(kind(name), kinds.number(name));
        }
        return counts;
    }

    private static Kind kind(String name) {
        return Kind.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static Histogram times(JsonObject times) throws DataFormatException {
        if (times.isNull("histogram")) {
            return Results.histogram();
        }
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(times.text("histogram")));
        Histogram histogram = Histogram.decodeFromCompressedByteBuffer(bytes, 0);
        histogram.setAutoResize(true);
        return histogram;
    }

    private static Timeline timeline(JsonObject line) {
        return new Timeline(
                line.number("stretch_nanos"),
                line.numbers("counts").stream().mapToLong(Long::longValue).toArray());
    }

    private static Difference difference(JsonObject difference) {
        long session = difference.number("session");
        long request = difference.number("request");
        return new Difference(
                kind(difference.text("kind")),
                session,
                request,
                difference.text("fingerprint"),
                answer(difference, "captured", session, request),
                answer(difference, "replayed", session, request));
    }

    private static @Nullable Response answer(JsonObject of, String name, long session, long request) {
        if (of.isNull(name)) {
            return null;
        }
        JsonObject answer = of.object(name);
        long nanos = answer.number("nanos");
        return new Response(
                session,
                0,
                request,
                answer.number("rows"),
                answer.number("bytes"),
                answer.text("tag"),
                answer.text("sqlstate"),
                nanos,
                nanos,
                Long.parseUnsignedLong(answer.text("ordered"), 16),
                Long.parseUnsignedLong(answer.text("unordered"), 16),
                0);
    }
}
