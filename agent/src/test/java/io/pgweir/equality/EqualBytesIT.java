package io.pgweir.equality;

import io.pgweir.equality.Script.Trait;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A client cannot tell that pgweir is there: every script through the real agent, whole and in pieces. */
class EqualBytesIT {

    private static final String READ_BYTES_MAX = "pgweir.debug.read-bytes";

    /** Up to here a script is read in pieces of 1 to 7 bytes, beyond in pieces of up to 4096. */
    private static final long SMALL_BYTES_MAX = 32 << 10;

    private static EqualBytes bytes;

    @BeforeAll
    static void start() {
        bytes = new EqualBytes(18, null, AgentUnderTest::plain);
    }

    @AfterAll
    static void stop() {
        bytes.close();
    }

    @AfterEach
    void readWholeAgain() {
        System.clearProperty(READ_BYTES_MAX);
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualThroughTheAgent() {
        return Scripts.all().stream()
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 0)));
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualInPieces() {
        return Scripts.all().stream()
                .filter(script -> !script.traits().contains(Trait.WHOLE))
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 11)));
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualWhateverTheAgentReadsAtOnce() {
        return Scripts.all().stream()
                .filter(script -> !script.traits().contains(Trait.WHOLE))
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> {
                    System.setProperty(READ_BYTES_MAX, bytes.size(script) < SMALL_BYTES_MAX ? "7" : "4096");
                    bytes.check(script, 0);
                }));
    }
}
