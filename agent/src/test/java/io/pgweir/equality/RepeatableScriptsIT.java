package io.pgweir.equality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The floor of {@link EqualBytesIT}: behind a forwarder that understands nothing every script must repeat itself. */
class RepeatableScriptsIT {

    private static EqualBytes bytes;

    @BeforeAll
    static void start() {
        bytes = new EqualBytes(18, null, ProxyUnderTest::forwarder);
    }

    @AfterAll
    static void stop() {
        bytes.close();
    }

    @TestFactory
    Stream<DynamicTest> scriptsRepeatThemselvesBehindAForwarder() {
        return Scripts.all().stream()
                .filter(script -> !script.traits().contains(Script.Trait.WHOLE))
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 1)));
    }

    @Test
    void thereAreAtLeastTwoHundredScriptsAndEachHasItsOwnName() {
        assertThat(Scripts.all()).hasSizeGreaterThan(200);
        assertThat(Scripts.all()).extracting(Script::name).doesNotHaveDuplicates();
    }
}
