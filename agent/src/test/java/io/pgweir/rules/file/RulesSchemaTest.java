package io.pgweir.rules.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pgweir.config.Faults;
import io.pgweir.rules.when.VariableNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code schemas/rules.v1.json}, docs/rules.md, the packs and the reader say the same. */
class RulesSchemaTest {
    private static final Path ROOT = Path.of(System.getProperty("pgweir.root", ".."));
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pattern KEYS = Pattern.compile("unknown key `none` \\(expected: ([^)]*)\\)");

    static final List<String> PACKS = Packs.NAMES;

    @TempDir
    Path directory;

    @ParameterizedTest
    @FieldSource("PACKS")
    void everyPackIsValid(String pack) throws IOException {
        assertThat(schemaFaults(Files.readString(ROOT.resolve("rules/" + pack + "/rules.yaml"))))
                .isEmpty();
    }

    @Test
    void theReadmeShowsTheExampleAndItPassesItsTests() throws IOException {
        // Given
        Path file = ROOT.resolve("docs/examples/rules/customers.yaml");
        String example = Files.readString(file);

        // When
        RuleFiles files = RuleFiles.read(List.of(file), List.of(), InstantSource.fixed(NOW));

        // Then
        assertThat(schemaFaults(example)).isEmpty();
        assertThat(files.faults()).isEmpty();
        assertThat(files.warnings()).isEmpty();
        assertThat(RuleTests.run(files)).hasSize(3).allMatch(outcome -> outcome.failure() == null);
        assertThat(Files.readString(ROOT.resolve("README.md")))
                .contains("```yaml\n" + example.substring(example.indexOf('\n') + 1) + "```");
    }

    @Test
    void theRulesOfTheFirstFiveMinutesPassTheirTestsAndAreShown() throws IOException {
        // Given
        Path file = ROOT.resolve("docs/examples/rules/start.yaml");

        // When
        RuleFiles files = RuleFiles.read(List.of(file), List.of(), InstantSource.fixed(NOW));

        // Then
        assertThat(schemaFaults(Files.readString(file))).isEmpty();
        assertThat(files.faults()).isEmpty();
        assertThat(files.warnings()).isEmpty();
        assertThat(RuleTests.run(files)).hasSize(2).allMatch(outcome -> outcome.failure() == null);
        assertThat(Files.readString(ROOT.resolve("docs/start.md")))
                .contains("```yaml\n" + Files.readString(file) + "```")
                .contains("```yaml\n" + Files.readString(ROOT.resolve("docs/examples/start.yaml")) + "```");
    }

    @Test
    void everyExampleOfTheDocumentIsValidAndPassesItsTests() throws IOException {
        // Given
        Path file = Files.writeString(directory.resolve("examples.yaml"), examples());

        // When
        RuleFiles files = RuleFiles.read(List.of(file), List.of(), InstantSource.fixed(NOW));

        // Then
        assertThat(schemaFaults(examples())).isEmpty();
        assertThat(files.faults()).isEmpty();
        assertThat(files.warnings()).isEmpty();
        assertThat(RuleTests.run(files))
                .hasSizeGreaterThan(40)
                .filteredOn(outcome -> outcome.failure() != null)
                .isEmpty();
    }

    /** One file of all blocks: the first is whole, the others are rules. */
    private static String examples() throws IOException {
        Matcher blocks = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("docs/rules.md")));
        StringBuilder file = new StringBuilder();
        while (blocks.find()) {
            file.append(file.isEmpty() ? blocks.group(1) : blocks.group(1).indent(2));
        }
        return file.toString();
    }

    @Test
    void theDocumentTellsEveryKeyAndEveryName() throws IOException {
        // Given
        String document = Files.readString(ROOT.resolve("docs/rules.md"));

        // Then
        for (JsonNode properties : schemaTree().findValues("properties")) {
            for (String key : properties.propertyNames()) {
                assertThat(document).containsPattern("\\b" + key + "\\b");
            }
        }
        assertThat(VariableNames.ALL).allSatisfy(name -> assertThat(document).contains("`" + name + "`"));
    }

    @Test
    void theExamplesUseEveryAction() throws IOException {
        // Given
        String examples = examples();

        // Then
        for (String action : schemaTree().at("/$defs/action/anyOf/1/properties").propertyNames()) {
            assertThat(examples).containsPattern("(- |\\[|\\{|, )" + action + "\\b");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{version: 1, rules: [{id: a, why: b, do: [alert]}], none: 1} | ",
                "{version: 1, rules: [{id: a, why: b, do: [alert]}], defaults: {none: 1}} | /properties/defaults",
                "{version: 1, rules: [{id: a, why: b, do: [alert], none: 1}]} | /$defs/rule",
                "{version: 1, rules: [{id: a, why: b, do: [alert], match: {none: 1}}]} | /$defs/match",
                "{version: 1, rules: [{id: a, why: b, do: [alert], match: {relations: {none: 1}}}]} | /$defs/match/properties/relations",
                "{version: 1, rules: [{id: a, why: b, do: [alert], match: {copy: {none: 1}}}]} | /$defs/match/properties/copy",
                "{version: 1, rules: [{id: a, why: b, do: [alert], match: {parse: {none: 1}}}]} | /$defs/match/properties/parse",
                "{version: 1, rules: [{id: a, why: b, do: [alert], match: {schedule: {none: 1}}}]} | /$defs/schedule",
                "{version: 1, rules: [{id: a, why: b, do: [{none: 1}]}]} | /$defs/action/anyOf/1",
                "{version: 1, rules: [{id: a, why: b, do: [{block: {none: 1}}]}]} | /$defs/action/anyOf/1/properties/block",
                "{version: 1, rules: [{id: a, why: b, do: [{close: {none: 1}}]}]} | /$defs/action/anyOf/1/properties/close",
                "{version: 1, rules: [{id: a, why: b, do: [{mask: {none: 1}}]}]} | /$defs/action/anyOf/1/properties/mask",
                "{version: 1, rules: [{id: a, why: b, do: [{rewrite: {none: 1}}]}]} | /$defs/action/anyOf/1/properties/rewrite",
                "{version: 1, rules: [{id: a, why: b, do: [{limit: {none: 1}}]}]} | /$defs/action/anyOf/1/properties/limit",
                "{version: 1, rules: [{id: a, why: b, do: [{throttle: {none: 1}}]}]} | /$defs/action/anyOf/1/properties/throttle",
                "{version: 1, rules: [{id: a, why: b, do: [{budget: {none: 1}}]}]} | /$defs/action/anyOf/1/properties/budget",
                "{version: 1, rules: [{id: a, why: b, do: [alert], tests: [{none: 1}]}]} | /$defs/test",
            })
    void readerAndSchemaKnowTheSameKeys(String textAndPointer) throws IOException {
        // Given
        String text = textAndPointer.substring(0, textAndPointer.indexOf(" | "));
        String pointer = textAndPointer.substring(textAndPointer.indexOf(" | ") + 3);

        // When
        RuleFile file = RuleFile.read("rules.yaml", text, new Faults("rules.yaml"), NOW);

        // Then
        String told = file.faults().toString();
        Matcher keys = KEYS.matcher(told);
        assertThat(keys.find()).as(told).isTrue();
        assertThat(List.of(keys.group(1).split(", ")))
                .containsExactlyInAnyOrderElementsOf(
                        schemaTree().at(pointer + "/properties").propertyNames());
        assertThat(schemaFaults(text)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mode: shadwo",
                "severity: 1",
                "at: tx-end",
                "rollout: 0.1",
                "on-unknown: pass",
                "match: {}",
                "match: {user: []}",
                "match: {user: {no: bob}}",
                "match: {tls: 1}",
                "match: {schedule: {hours: 8-18}}",
                "do: []",
                "do: [mask]",
                "do: [{block: {sqlstate: '00000'}}]",
                "do: [{limit: {}}]",
                "do: [{limit: {rows: -1}}]",
                "do: [{throttle: {rate: 10}}]",
                "do: [{throttle: {rate: 1/s, by: [usr]}}]",
                "do: [{budget: {rows: 1}}]",
                "do: [{rewrite: {}}]",
                "do: [{rewrite: {sql: select 1, limit: 1}}]",
                "do: [{route: anywhere}]",
                "do: [{tag: {}}]",
                "do: [{sample: 2}]",
                "do: [{mask: {columns: [a], with: {}}}]",
                "do: [{mask: {columns: [a], with: md5}}]",
                "do: [{alert: a, tag: {b: c}}]",
                "exempt: [{until: 2026-12-31, reason: a, match: {user: b}}]",
                "tests: [{sql: select 1}]",
                "tests: [{sql: select 1, expect: blocked}]",
            })
    void aFaultOfShapeIsSeenByBoth(String keys) throws IOException {
        // Given
        String actions = keys.startsWith("do:") ? "" : ", do: [alert]";
        String text = "{version: 1, rules: [{id: a, why: b" + actions + ", " + keys + "}]}";

        // Then
        assertThat(schemaFaults(text)).as("schema").isNotEmpty();
        assertThat(RuleFile.read("rules.yaml", text, new Faults("rules.yaml"), NOW)
                        .faults())
                .as("reader")
                .isNotEmpty();
    }

    private static List<String> schemaFaults(String yaml) throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(ROOT.resolve("schemas/rules.v1.json")), InputFormat.JSON);
        List<String> faults = new ArrayList<>();
        schema.validate(yaml, InputFormat.YAML).forEach(fault -> faults.add(fault.toString()));
        return faults;
    }

    private static JsonNode schemaTree() throws IOException {
        return new ObjectMapper().readTree(Files.readString(ROOT.resolve("schemas/rules.v1.json")));
    }
}
