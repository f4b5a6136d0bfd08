package io.pgweir.rules.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgweir.config.ConfigException;
import io.pgweir.config.Fault;
import io.pgweir.config.RulesConfig;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleFileTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z"));

    private static final String BLOCKS = """
            version: 1
            rules:
              - id: no-delete
                why: nobody deletes here
                mode: enforce
                match: {command: DELETE}
                do: [block]
                tests: [{sql: delete from t, expect: block}]
            """;

    @TempDir
    Path directory;

    @Test
    void allFaultsAreToldAtOnce() throws IOException {
        // Given
        Path file = directory.resolve("faults.yaml");
        Files.writeString(file, resource("faults.yaml"));

        // When
        String told = read(file).faults().stream()
                .map(Fault::toString)
                .map(fault -> fault.replace(file.toString(), "faults.yaml"))
                .collect(Collectors.joining("\n"));

        // Then
        assertThat(told).isEqualTo(resource("faults.txt").strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rules: [",
                "version: 1\nrules: []",
                "version: 2\nrules: [{id: a, why: b, do: [alert]}]",
                "version: 1\nrules: {}",
                "version: 1\nrules: [{id: a, id: b, why: b, do: [alert]}]",
                "version: 1\nrules: [{id: a, why: b, do: []}]",
                "version: 1\nrules: [{id: a, why: b, do: [alert], match: {}}]",
                "version: 1\nrules: [{id: a, why: b, do: [alert], match: {user: []}}]",
                "version: 1\nrules: [{id: a, why: b, do: [alert], match: {relations: {}}}]",
                "version: 1\nrules: [{id: a, why: b, do: [{alert: {sec: 1}}]}]",
                "version: 1\nrules: [{id: a, why: b, do: [null]}]",
                "version: 1\nrules: [{id: a, why: b, rollout: 101%, do: [alert]}]",
                "version: 1\nrules: [{id: a, why: b, do: [{mask: {columns: [a], with: {}}}]}]",
                "version: 1\nrules: [{id: a, why: b, do: [{budget: {rows: 1}}]}]",
                "version: 1\nrules: [{id: a, why: b, at: transaction-end, on-unknown: block, do: [alert]}]",
            })
    void whatIsNoRuleFileIsRefused(String text) throws IOException {
        assertThat(read(Files.writeString(directory.resolve("rules.yaml"), text))
                        .faults())
                .isNotEmpty();
    }

    @Test
    void aFileOfTenMegabytesIsRefusedByItsSize() throws IOException {
        // Given
        Path file = directory.resolve("big.yaml");
        Files.writeString(file, BLOCKS + "# padding\n".repeat(1_000_000));

        // Then
        assertThat(read(file).faults()).singleElement().asString().contains("more than 2097152 bytes");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() throws IOException {
        // Given
        Path file = directory.resolve("latin.yaml");
        Files.write(
                file, "version: 1\nrules: [{why: caf\u00e9}]".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));

        // Then
        assertThat(read(file).faults()).singleElement().asString().contains("latin.yaml:2:18: byte 0xe9");
    }

    @Test
    void oneIdInTwoFilesIsAFault() throws IOException {
        // Given
        Path one = Files.writeString(directory.resolve("one.yaml"), BLOCKS);
        Path two = Files.writeString(directory.resolve("two.yaml"), BLOCKS);

        // Then
        assertThat(RuleFiles.read(List.of(one, two), List.of(), CLOCK).faults())
                .singleElement()
                .asString()
                .contains("two.yaml:3: id: `no-delete` again", "first in " + one + ":3");
    }

    @Test
    void aPackThatDoesNotExistIsAFault() {
        assertThat(RuleFiles.read(List.of(), List.of("noize"), CLOCK).faults())
                .singleElement()
                .asString()
                .contains("pack noize: no such pack", "did you mean `noise`?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "match: {user: bob} | rule a has no tests",
                "match: {schedule: {until: 2026-05-01}} | its schedule is over",
                "exempt: [{until: 2026-05-01, reason: a, approver: b, match: {user: x}}] | an exemption ended",
            })
    void whatLooksLikeAMistakeIsAWarning(String key, String warning) throws IOException, ConfigException {
        // Given
        Path file = Files.writeString(
                directory.resolve("rules.yaml"), "version: 1\nrules:\n  - {id: a, why: b, do: [alert], " + key + "}\n");

        // When
        RuleFiles files = read(file);

        // Then
        assertThat(files.warnings()).anyMatch(fault -> fault.toString().contains(warning) && fault.line() == 3);
        assertThatCode(() -> files.toRuleSet(false)).doesNotThrowAnyException();
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> files.toRuleSet(true));
    }

    @Test
    void aBadFileLeavesTheSetAsItWas() throws IOException, ConfigException {
        // Given
        Path file = Files.writeString(directory.resolve("rules.yaml"), BLOCKS);
        Rules rules = new Rules(RuleFiles.source(new RulesConfig(List.of(file), List.of(), false, null), CLOCK));
        RuleSet first = rules.current();
        Files.writeString(file, BLOCKS.replace("DELETE", "DELTE"));

        // Then
        assertThatExceptionOfType(ConfigException.class).isThrownBy(rules::reload);
        assertThat(rules.current()).isSameAs(first);

        // When
        Files.writeString(file, BLOCKS.replace("DELETE", "UPDATE"));

        // Then
        assertThat(rules.reload()).isSameAs(first);
        assertThat(rules.current().hash()).startsWith("sha256:").isNotEqualTo(first.hash());
    }

    private RuleFiles read(Path file) {
        return RuleFiles.read(List.of(file), List.of(), CLOCK);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = RuleFileTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
