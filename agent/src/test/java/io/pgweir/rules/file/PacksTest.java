package io.pgweir.rules.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.rules.Mode;
import io.pgweir.rules.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules that ship with pgweir. */
class PacksTest {
    private static final Path RULES =
            Path.of(System.getProperty("pgweir.root", "..")).resolve("rules");

    private final RuleFiles packs = RuleFiles.read(List.of(), Packs.NAMES, InstantSource.system());

    @Test
    void everyDirectoryIsAPackWithAReadme() throws IOException {
        try (Stream<Path> directories = Files.list(RULES)) {
            assertThat(directories
                            .filter(Files::isDirectory)
                            .map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(Packs.NAMES);
        }
        assertThat(Packs.NAMES).allSatisfy(name -> {
            String readme = Files.readString(RULES.resolve(name).resolve("README.md"));
            RuleFiles.read(List.of(), List.of(name), InstantSource.system())
                    .rules()
                    .forEach(rule -> assertThat(readme).contains("`" + rule.id() + "`"));
        });
    }

    @Test
    void everyRuleStartsInShadowWithAnOwnerAndTests() {
        assertThat(packs.faults()).isEmpty();
        assertThat(packs.warnings()).isEmpty();
        assertThat(packs.rules()).allSatisfy(rule -> {
            assertThat(rule.mode()).isEqualTo(Mode.SHADOW);
            assertThat(rule.owner()).isNotNull();
        });
        assertThat(packs.tested())
                .allSatisfy(rule ->
                        assertThat(rule.tests()).extracting(RuleTest::expect).contains("none"));
    }

    @Test
    void everyRuleIsNamedAfterItsPack() {
        assertThat(packs.tested())
                .allSatisfy(tested -> assertThat("pack " + tested.rule().id()).startsWith(tested.file() + "/"));
        assertThat(packs.rules()).extracting(Rule::id).doesNotHaveDuplicates();
    }

    @Test
    void everyTestPasses() {
        assertThat(RuleTests.run(packs))
                .hasSizeGreaterThan(90)
                .filteredOn(outcome -> outcome.failure() != null)
                .isEmpty();
    }
}
