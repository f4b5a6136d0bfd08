package io.pgweir.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class HeaderJsonTest {
    @Test
    void headerIsAsTheSchemaSaysAndComesBack() throws IOException {
        // Given
        CaptureHeader plain = SampleRecords.HEADER;
        CaptureHeader full = new CaptureHeader(
                "agent \"2\"",
                plain.capture(),
                3,
                plain.started(),
                plain.servers(),
                new CaptureHeader.Options(true, "literals", new TreeMap<>(Map.of("user", List.of("alice", "bob")))),
                "0123456789abcdef",
                "0.2.0");

        // When
        byte[] plainJson = HeaderJson.write(plain);
        byte[] fullJson = HeaderJson.write(full);

        // Then
        Path file = Path.of(System.getProperty("pgweir.root"), "schemas", "capture-header.v1.json");
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(file));
        assertThat(schema.validate(new JsonMapper().readTree(plainJson))).isEmpty();
        assertThat(schema.validate(new JsonMapper().readTree(fullJson))).isEmpty();
        assertThat(HeaderJson.read(plainJson)).isEqualTo(plain);
        assertThat(HeaderJson.read(fullJson)).isEqualTo(full);
    }
}
