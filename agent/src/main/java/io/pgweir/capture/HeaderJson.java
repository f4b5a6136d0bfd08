package io.pgweir.capture;

import io.pgweir.capture.CaptureHeader.Options;
import io.pgweir.capture.CaptureHeader.Server;
import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** A file's header as {@code schemas/capture-header.v1.json} has it. Members that it does not know are left alone. */
final class HeaderJson {
    static final int VERSION = 1;

    private static final DateTimeFormatter NANOSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private HeaderJson() {}

    static byte[] write(CaptureHeader header) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeNumberProperty("version", VERSION);
            json.writeStringProperty("pgweir", header.pgweir());
            json.writeStringProperty("agent", header.agent());
            json.writeStringProperty("capture", header.capture().toString());
            json.writeNumberProperty("file", header.file());
            json.writeStringProperty("started", NANOSECONDS.format(header.started()));
            json.writeArrayPropertyStart("servers");
            for (Server server : header.servers()) {
                json.writeStartObject();
                json.writeStringProperty("cluster", server.cluster());
                json.writeStringProperty("address", server.address());
                json.writeStringProperty("version", server.version());
                json.writeEndObject();
            }
            json.writeEndArray();
            writeOptions(header.options(), json);
            if (!header.keyId().isEmpty()) {
                json.writeObjectPropertyStart("encryption");
                json.writeStringProperty("cipher", "AES-256-GCM");
                json.writeStringProperty("key_id", header.keyId());
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void writeOptions(Options options, JsonGenerator json) {
        json.writeObjectPropertyStart("options");
        json.writeBooleanProperty("frontend_only", options.frontendOnly());
        json.writeStringProperty("redaction", options.redaction());
        json.writeObjectPropertyStart("filters");
        options.filters().forEach((name, values) -> {
            json.writeArrayPropertyStart(name);
            values.forEach(json::writeString);
            json.writeEndArray();
        });
        json.writeEndObject();
        json.writeEndObject();
    }

    /** @throws IllegalArgumentException where it is no header */
    static CaptureHeader read(byte[] bytes) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            parser.nextToken();
            Map<?, ?> json = object(JsonValue.read(parser));
            Map<?, ?> options = object(json.get("options"));
            return new CaptureHeader(
                    text(json, "agent"),
                    UUID.fromString(text(json, "capture")),
                    json.get("file") instanceof Long file ? Math.toIntExact(file) : 0,
                    Instant.parse(text(json, "started")),
                    list(json.get("servers")).stream().map(HeaderJson::server).toList(),
                    new Options(
                            Boolean.TRUE.equals(options.get("frontend_only")),
                            text(options, "redaction"),
                            filters(object(options.get("filters")))),
                    text(object(json.get("encryption")), "key_id"),
                    text(json, "pgweir"));
        } catch (JacksonException fault) {
            throw new IllegalArgumentException(fault.getOriginalMessage(), fault);
        } catch (DateTimeException | ArithmeticException fault) {
            throw new IllegalArgumentException(fault.getMessage(), fault);
        }
    }

    private static Server server(@Nullable Object json) {
        Map<?, ?> server = object(json);
        return new Server(text(server, "cluster"), text(server, "address"), text(server, "version"));
    }

    private static Map<String, List<String>> filters(Map<?, ?> json) {
        TreeMap<String, List<String>> filters = new TreeMap<>();
        json.forEach((name, values) -> filters.put(
                String.valueOf(name), list(values).stream().map(String::valueOf).toList()));
        return filters;
    }

    private static String text(Map<?, ?> object, String name) {
        return object.get(name) instanceof String text ? text : "";
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }
}
