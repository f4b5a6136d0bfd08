package io.pgweir.replay.kafka;

import io.pgweir.replay.report.JsonObject;
import io.pgweir.replay.report.Report;
import io.pgweir.replay.report.ReportJson;
import io.pgweir.replay.report.ReportReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What came of a worker's partitions. */
record Result(Set<Integer> partitions, Report report) {
    private static final JsonFactory FACTORY = new JsonFactory();

    byte[] toJson() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StringWriter text = new StringWriter();
        ReportJson.write(report, text);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("partitions");
            partitions.forEach(json::writeNumber);
            json.writeEndArray();
            json.writeStringProperty("report", text.toString());
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    static Result of(byte[] bytes) throws IOException {
        try {
            JsonObject json = JsonObject.read(bytes);
            Set<Integer> partitions = new TreeSet<>();
            json.numbers("partitions").forEach(each -> partitions.add(Math.toIntExact(each)));
            return new Result(partitions, ReportReader.read(json.text("report").getBytes(StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException | ArithmeticException fault) {
            throw new IOException("result: " + fault.getMessage(), fault);
        }
    }
}
