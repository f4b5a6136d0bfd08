package io.pgweir.equality;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.capture.CaptureReader;
import io.pgweir.testing.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** As {@link EqualBytesIT} with TLS on both legs, and captured: logins, SCRAM with channel binding, and every eighth other script. */
class EncryptedBytesIT {

    private static final int SAMPLE = 8;

    @TempDir
    private static Path dir;

    private static EqualBytes bytes;

    @BeforeAll
    static void start() throws Exception {
        Certificates pem = Certificates.in(dir);
        bytes = new EqualBytes(18, pem, port -> AgentUnderTest.encrypted(port, pem, dir.resolve("captures")));
    }

    @AfterAll
    static void stop() throws IOException {
        bytes.close();
        checkCaptures();
    }

    /** Whatever was said, they are whole. */
    private static void checkCaptures() throws IOException {
        List<String> faults = new ArrayList<>();
        long records = 0;
        try (Stream<Path> files = Files.list(dir.resolve("captures"))) {
            for (Path file : files.toList()) {
                try (CaptureReader reader =
                        CaptureReader.open(file, List.of(), fault -> faults.add(fault.toString()))) {
                    records += reader.verify(CaptureReader.Progress.NONE).records();
                }
            }
        }
        assertThat(faults).isEmpty();
        assertThat(records).isGreaterThan(1000);
    }

    @TestFactory
    Stream<DynamicTest> bytesAreEqualThroughTls() {
        List<Script> all = Scripts.all();
        return Stream.concat(
                        all.stream().filter(script -> script.name().startsWith("login")),
                        Stream.iterate(0, i -> i < all.size(), i -> i + SAMPLE)
                                .map(all::get)
                                .filter(script -> !script.name().startsWith("login")))
                .filter(EncryptedBytesIT::isPossibleInsideOfTls)
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> bytes.check(script, 0)));
    }

    /** A half-close would come without close_notify; a second negotiation is no part of a session. */
    private static boolean isPossibleInsideOfTls(Script script) {
        String name = script.name();
        return !name.contains("half-close") && !name.startsWith("negotiation") && !name.startsWith("startup garbage");
    }
}
