package io.pgweir.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogSetupTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Logger logger = new LoggerContext().getLogger("io.pgweir.some.Thing");
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    @BeforeEach
    void listen() {
        events.start();
        logger.addAppender(events);
    }

    private String line() {
        return new String(new JsonLines().encode(events.list.getLast()), StandardCharsets.UTF_8);
    }

    @Test
    void aLineIsOneObjectWithItsFactsBesideIt() {
        // When
        logger.atWarn()
                .addKeyValue("node", "pg-1:5432")
                .addKeyValue("bytes", 7L)
                .addKeyValue("last", true)
                .addKeyValue("nothing", (Object) null)
                .log("A {} thing", "strange");
        // Then
        JsonNode line = MAPPER.readTree(line());
        assertThat(line.get("level").asString()).isEqualTo("warn");
        assertThat(line.get("logger").asString()).isEqualTo("io.pgweir.some.Thing");
        assertThat(line.get("message").asString()).isEqualTo("A strange thing");
        assertThat(line.get("time").asString()).endsWith("Z");
        assertThat(line.get("node").asString()).isEqualTo("pg-1:5432");
        assertThat(line.get("bytes").asLong()).isEqualTo(7);
        assertThat(line.get("last").asBoolean()).isTrue();
        assertThat(line.get("nothing").isNull()).isTrue();
        assertThat(line()).endsWith("}\n").containsOnlyOnce("\n");
    }

    @Test
    void whatSomebodyElseNamedCannotLookLikeALineOfItsOwn() {
        // When
        logger.atInfo()
                .addKeyValue("application", "a\n{\"level\":\"error\"}\ud800")
                .addKeyValue("level", "fatal")
                .setCause(new IllegalStateException("two\nlines"))
                .log("Something");
        // Then
        JsonNode line = MAPPER.readTree(line());
        assertThat(line()).containsOnlyOnce("\n");
        assertThat(line.get("level").asString()).isEqualTo("info");
        assertThat(line.get("fact_level").asString()).isEqualTo("fatal");
        assertThat(line.get("application").asString()).isEqualTo("a\n{\"level\":\"error\"}\ufffd");
        assertThat(line.get("error").asString()).isEqualTo("java.lang.IllegalStateException: two\nlines");
        assertThat(line.get("stack").asString()).contains("LogSetupTest");
    }

    @Test
    void sessionsLeaveNoLineUnlessAsked() {
        // Given
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        // Then
        assertThat(loggers.getLogger(LogSetup.ACCESS).isInfoEnabled()).isFalse();
    }
}
