package io.pgweir.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pgweir.audit.encode.EcsFormat;
import io.pgweir.audit.encode.OcsfFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schemas of records in all their forms, for whoever has records to hold against them. */
public final class AuditSchema {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Schema NATIVE = schema("audit-event.v1.json");
    private static final Schema OCSF = schema("audit-event-ocsf.v1.json");
    private static final Schema ECS = schema("audit-event-ecs.v1.json");

    private AuditSchema() {}

    /** The record, parsed and found to be as the schema says, and its other forms as theirs. */
    public static JsonNode validated(String line) {
        ocsf(line);
        ecs(line);
        return validated(NATIVE, line);
    }

    public static JsonNode ocsf(String line) {
        return validated(OCSF, formatted(new OcsfFormat(), line));
    }

    public static JsonNode ecs(String line) {
        return validated(ECS, formatted(new EcsFormat(), line));
    }

    public static String formatted(RecordFormat format, String line) {
        RecordBuffer form = new RecordBuffer(1024);
        format.append(new AuditRecord(line.getBytes(StandardCharsets.UTF_8)), form);
        return form.toString(StandardCharsets.UTF_8);
    }

    private static JsonNode validated(Schema schema, String line) {
        JsonNode record = MAPPER.readTree(line);
        assertThat(schema.validate(record)).as(line).isEmpty();
        return record;
    }

    private static Schema schema(String name) {
        Path file = Path.of(System.getProperty("pgweir.root"), "schemas", name);
        try {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Files.readString(file));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
