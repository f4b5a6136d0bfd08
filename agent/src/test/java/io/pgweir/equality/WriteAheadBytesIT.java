package io.pgweir.equality;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.seal.TrailFiles;
import io.pgweir.audit.seal.TrailReport;
import io.pgweir.audit.seal.TrailVerifier;
import io.pgweir.equality.Script.Trait;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@link EqualBytesIT} for an agent that holds every statement back until a real spool has it; each third script. */
class WriteAheadBytesIT {
    private static final int EACH = 3;

    private static final List<Path> SPOOLS = new ArrayList<>();

    @TempDir
    static Path directory;

    private static EqualBytes bytes;

    @BeforeAll
    static void start() {
        bytes = new EqualBytes(18, null, port -> {
            Path spool = directory.resolve("spool" + SPOOLS.size());
            SPOOLS.add(spool);
            return AgentUnderTest.writeAhead(port, spool);
        });
    }

    @AfterAll
    static void everyTrailIsWhole() throws IOException, InterruptedException {
        bytes.close();
        for (Path spool : SPOOLS) {
            TrailReport report = new TrailVerifier(List.of(), new TrailVerifier.Options(false, false, false))
                    .verify(TrailFiles.open(List.of(spool)), (at, records) -> {});
            assertThat(report.findings()).isEmpty();
            assertThat(report.isWhole()).isTrue();
            assertThat(report.records()).isGreaterThan(100);
        }
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualThroughTheAgent() {
        return scripts(0).map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 0)));
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualInPieces() {
        return scripts(1)
                .filter(script -> !script.traits().contains(Trait.WHOLE))
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 11)));
    }

    /** Others for each way: the agents are two, and no two spools have the same key for what they redact. */
    private static Stream<Script> scripts(int first) {
        List<Script> all = Scripts.all();
        return IntStream.range(0, all.size()).filter(i -> i % EACH == first).mapToObj(all::get);
    }
}
