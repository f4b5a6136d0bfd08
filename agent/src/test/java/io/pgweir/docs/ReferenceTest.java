package io.pgweir.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The pages that are made from schemas are those of the schemas as they are now. To write them anew:
 *
 * <pre>mvn -pl lab,agent test -Dtest=ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dpgweir.docs.write=true</pre>
 */
class ReferenceTest {
    private static final Path ROOT = Path.of(System.getProperty("pgweir.root", ".."));

    @Test
    void theConfigurationReferenceIsThatOfTheSchema() throws IOException {
        assertUpToDate("docs/configuration-reference.md", "schemas/config.v1.json", ConfigurationReference::of);
    }

    @Test
    void theEventsReferenceIsThatOfTheSchema() throws IOException {
        assertUpToDate("docs/audit-events-reference.md", "schemas/audit-event.v1.json", EventsReference::of);
    }

    private static void assertUpToDate(String page, String schema, Function<JsonNode, String> made) throws IOException {
        Path file = ROOT.resolve(page);
        String now = made.apply(JsonMapper.shared().readTree(Files.readString(ROOT.resolve(schema))));
        if (Boolean.getBoolean("pgweir.docs.write")) {
            Files.writeString(file, now);
        }

        // Then
        assertThat(now.lines().filter(line -> line.endsWith("|  |")))
                .as("without a meaning")
                .isEmpty();
        assertThat(Files.readString(file))
                .as("%s; to write it anew: -Dtest=ReferenceTest -Dpgweir.docs.write=true", page)
                .isEqualTo(now);
    }
}
