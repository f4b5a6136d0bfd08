package io.pgweir.equality;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A client cannot tell that pgweir is there: every script through the real agent, whole and in pieces. */
class EqualBytesIT {

    private static EqualBytes bytes;

    @BeforeAll
    static void start() {
        bytes = new EqualBytes(ProxyUnderTest::agent);
    }

    @AfterAll
    static void stop() {
        bytes.close();
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualThroughTheAgent() {
        return Scripts.all().stream()
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 0)));
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualInPieces() {
        return Scripts.all().stream()
                .flatMap(script -> Stream.of(11L, 12L)
                        .map(seed -> DynamicTest.dynamicTest(
                                script.name() + ", seed " + seed, () -> bytes.check(script, seed))));
    }
}
