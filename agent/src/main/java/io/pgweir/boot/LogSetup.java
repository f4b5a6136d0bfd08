package io.pgweir.boot;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import io.pgweir.config.LogConfig;
import java.util.Iterator;
import org.slf4j.LoggerFactory;

/** Has the log written as configured. What logback.xml says holds where nothing is. */
final class LogSetup {
    /** Of the lines that sessions leave; off in logback.xml. */
    static final String ACCESS = "io.pgweir.access";

    private LogSetup() {}

    static void apply(LogConfig config) {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        if (config.access()) {
            loggers.getLogger(ACCESS).setLevel(Level.INFO);
        }
        if (config.format() == LogConfig.Format.JSON) {
            Iterator<Appender<ILoggingEvent>> appenders =
                    loggers.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
            while (appenders.hasNext()) {
                if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> lines) {
                    JsonLines encoder = new JsonLines();
                    encoder.setContext(loggers);
                    encoder.start();
                    lines.setEncoder(encoder);
                }
            }
        }
    }
}
