package io.pgweir.replay.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pgweir.replay.Results;
import io.pgweir.replay.SampleResults;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportJsonTest {
    private static String json(Report report) {
        StringWriter json = new StringWriter();
        ReportJson.write(report, json);
        return json.toString();
    }

    @Test
    void isAsTheSchemaSays() throws Exception {
        // Given
        Path file = Path.of(System.getProperty("pgweir.root"), "schemas", "replay-report.v1.json");
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(file));

        // When
        JsonNode full = new JsonMapper().readTree(json(ReportPageTest.report(SampleResults.full(), 0.5, "why")));
        JsonNode empty = new JsonMapper()
                .readTree(json(ReportPageTest.report(new Results().summary(), Double.POSITIVE_INFINITY)));

        // Then
        assertThat(schema.validate(full)).isEmpty();
        assertThat(schema.validate(empty)).isEmpty();
        assertThat(full.at("/differing").asLong()).isEqualTo(6);
        assertThat(full.at("/kinds/sqlstate").asLong()).isEqualTo(1);
        assertThat(full.at("/speed").asDouble()).isEqualTo(0.5);
        assertThat(empty.at("/speed").isNull()).isTrue();
    }
}
