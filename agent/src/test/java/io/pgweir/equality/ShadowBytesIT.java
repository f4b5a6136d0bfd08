package io.pgweir.equality;

import io.pgweir.config.ConfigException;
import io.pgweir.config.RulesConfig;
import io.pgweir.equality.Script.Trait;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Rules;
import io.pgweir.rules.file.Packs;
import io.pgweir.rules.file.RuleFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link EqualBytesIT} for agents with rules that may do nothing: all of them match, want everything, and are off or in shadow; or
 * they are enforced, judge every request, and find nothing. A third of the scripts each.
 */
class ShadowBytesIT {
    private static final int PARTS = 3;
    /** Neither masks nor limits: those ask the server more than the client does. */
    private static final String FIND_NOTHING = """
            version: 1
            defaults: {mode: enforce, on-unknown: ignore}
            rules:
              - id: block
                why: Each statement is judged before it leaves.
                match: {relations: {any: pgweir_nowhere}}
                do: [block]
              - id: bind
                why: Parameters are read.
                at: bind
                when: bind.values.exists(value, value == 'pgweir nowhere')
                do: [block]
              - id: tag
                why: Every execution has a verdict.
                do: [{tag: {found: nothing}}]
            """;

    private static EqualBytes shadow;
    private static EqualBytes enforced;

    @BeforeAll
    static void start(@TempDir Path dir) throws ConfigException, IOException {
        Path file = Files.writeString(dir.resolve("rules.yaml"), FIND_NOTHING);
        Rules findNothing = new Rules(
                RuleFiles.source(new RulesConfig(List.of(file), Packs.NAMES, false, null), InstantSource.system()));
        shadow = new EqualBytes(18, null, port -> AgentUnderTest.ruled(port, EveryRule.in(Mode.SHADOW, Mode.OFF)));
        enforced = new EqualBytes(18, null, port -> AgentUnderTest.ruled(port, findNothing));
    }

    @AfterAll
    static void stop() {
        shadow.close();
        enforced.close();
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualUnderShadow() {
        return scripts(2).map(script -> DynamicTest.dynamicTest(script.name(), () -> shadow.check(script, 0)));
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualUnderShadowInPieces() {
        return pieces(1, shadow);
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualUnderRulesThatFindNothing() {
        return scripts(0).map(script -> DynamicTest.dynamicTest(script.name(), () -> enforced.check(script, 0)));
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualUnderRulesThatFindNothingInPieces() {
        return pieces(2, enforced);
    }

    private static Stream<DynamicTest> pieces(int part, EqualBytes bytes) {
        return scripts(part)
                .filter(script -> !script.traits().contains(Trait.WHOLE))
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 11)));
    }

    private static Stream<Script> scripts(int part) {
        List<Script> all = Scripts.all();
        return IntStream.range(0, all.size()).filter(i -> i % PARTS == part).mapToObj(all::get);
    }
}
