package io.pgweir.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code schemas/audit-event.v1.json}, for whoever has records to hold against it. */
public final class AuditSchema {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Schema SCHEMA = schema();

    private AuditSchema() {}

    /** The record, parsed and found to be as the schema says. */
    public static JsonNode validated(String line) {
        JsonNode record = MAPPER.readTree(line);
        assertThat(SCHEMA.validate(record)).as(line).isEmpty();
        return record;
    }

    private static Schema schema() {
        Path file = Path.of(System.getProperty("pgweir.root"), "schemas", "audit-event.v1.json");
        try {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Files.readString(file));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
