package io.pgweir.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgweir.testing.NotifySocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What NOTIFY_SOCKET is told, at a real socket. */
class ServiceManagerTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path dir;

    private final Logger logger = (Logger) LoggerFactory.getLogger(ServiceManager.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void ignore() {
        logger.detachAppender(logged);
    }

    private static ServiceManager at(String address) {
        return ServiceManager.of(Map.of("NOTIFY_SOCKET", address));
    }

    @Test
    void aPathIsToldThatTheAgentIsReady() throws Exception {
        String address = dir.resolve("notify").toString();
        try (NotifySocket socket = new NotifySocket(address)) {
            at(address).ready();

            assertThat(socket.receive(SOON)).isEqualTo("READY=1\nSTATUS=Listening");
        }
    }

    @Test
    void anAbstractNameIsToldHowLongStoppingMayTake() throws Exception {
        String address = "@pgweir-test-" + ProcessHandle.current().pid();
        try (NotifySocket socket = new NotifySocket(address)) {
            at(address).stopping(Duration.ofSeconds(32));

            assertThat(socket.receive(SOON))
                    .isEqualTo("STOPPING=1\nSTATUS=Waiting for transactions to end\nEXTEND_TIMEOUT_USEC=32000000");
        }
    }

    @Test
    void whoIsNotAskedSaysNothing() {
        ServiceManager.of(Map.of()).ready();
        at("").ready();

        assertThat(logged.list).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nonexistent/notify", "@pgweir-nobody-listens", "relative", "vsock:2:1234"})
    void whatCannotBeToldIsAWarning(String address) {
        at(address).ready();

        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getMessage()).isEqualTo("The service manager could not be told");
            assertThat(event.getKeyValuePairs()).extracting(Object::toString).contains("state=\"READY=1\"");
        });
    }
}
