package io.pgweir.equality;

import io.pgweir.equality.Script.Trait;
import io.pgweir.rules.Mode;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** {@link EqualBytesIT} for an agent whose rules all match, want everything, and are off or in shadow; each third script. */
class ShadowBytesIT {
    private static final int EACH = 3;

    private static EqualBytes bytes;

    @BeforeAll
    static void start() {
        bytes = new EqualBytes(18, null, port -> AgentUnderTest.ruled(port, EveryRule.in(Mode.SHADOW, Mode.OFF)));
    }

    @AfterAll
    static void stop() {
        bytes.close();
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualThroughTheAgent() {
        return scripts(2).map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 0)));
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualInPieces() {
        return scripts(1)
                .filter(script -> !script.traits().contains(Trait.WHOLE))
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 11)));
    }

    private static Stream<Script> scripts(int first) {
        List<Script> all = Scripts.all();
        return IntStream.range(0, all.size()).filter(i -> i % EACH == first).mapToObj(all::get);
    }
}
