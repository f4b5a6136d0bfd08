package io.pgweir.replay.kafka;

import io.pgweir.replay.report.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What was published.
 *
 * @param captured when the capture began
 * @param firstNanos of its first record
 * @param messages of clients
 * @param sessions numbers, by the partition that they are in; partitions without any are not there
 */
record Manifest(
        UUID capture,
        Instant captured,
        long firstNanos,
        long lastNanos,
        long messages,
        Map<Integer, List<Long>> sessions) {
    private static final JsonFactory FACTORY = new JsonFactory();

    Manifest {
        sessions = new TreeMap<>(sessions);
    }

    byte[] toJson() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeNumberProperty("version", 1);
            json.writeStringProperty("capture", capture.toString());
            json.writeStringProperty("captured_at", captured.toString());
            json.writeNumberProperty("first_nanos", firstNanos);
            json.writeNumberProperty("last_nanos", lastNanos);
            json.writeNumberProperty("messages", messages);
            json.writeObjectPropertyStart("sessions");
            sessions.forEach((partition, numbers) -> {
                json.writeArrayPropertyStart(partition.toString());
                numbers.forEach(json::writeNumber);
                json.writeEndArray();
            });
            json.writeEndObject();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    static Manifest of(byte[] bytes) throws IOException {
        try {
            JsonObject json = JsonObject.read(bytes);
            Map<Integer, List<Long>> sessions = new TreeMap<>();
            JsonObject partitions = json.object("sessions");
            for (String name : partitions.names()) {
                sessions.put(Integer.valueOf(name), partitions.numbers(name));
            }
            return new Manifest(
                    UUID.fromString(json.text("capture")),
                    Instant.parse(json.text("captured_at")),
                    json.number("first_nanos"),
                    json.number("last_nanos"),
                    json.number("messages"),
                    sessions);
        } catch (IllegalArgumentException | DateTimeException fault) {
            throw new IOException("manifest: " + fault.getMessage(), fault);
        }
    }

    long count() {
        return sessions.values().stream().mapToLong(List::size).sum();
    }
}
