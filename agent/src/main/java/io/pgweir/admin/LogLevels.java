package io.pgweir.admin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/** How much the log tells, logger by logger; changed for good, or for a while. Any thread. */
final class LogLevels {
    private static final Duration FOR_MAX = Duration.ofHours(24);
    private static final List<String> LEVELS = List.of("off", "error", "warn", "info", "debug", "trace");

    private final LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final ScheduledExecutorService clock;

    /** What loggers go back to, by their names. */
    private final Map<String, Until> until = new HashMap<>();

    /** @param level null for that of the logger above */
    private record Until(@Nullable Level level, Instant end, ScheduledFuture<?> back) {}

    LogLevels(ScheduledExecutorService clock) {
        this.clock = clock;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/loglevel", "how much each logger tells", request -> answer()),
                Endpoint.put(
                        "/loglevel",
                        "{\"logger\": NAME, \"level\": LEVEL, \"for\": DURATION}: changes that, for good or for a while",
                        request -> {
                            Body body = Body.parse(request.body(), "logger", "level", "for");
                            set(body.text("logger"), level(body.text("level")), body.duration("for", FOR_MAX));
                            return answer();
                        }));
    }

    private static Level level(String word) {
        if (!LEVELS.contains(word)) {
            throw new IllegalArgumentException("level: " + word + " (expected: " + String.join(", ", LEVELS) + ")");
        }
        return Level.toLevel(word);
    }

    private synchronized void set(String name, Level level, @Nullable Duration time) {
        Logger logger = loggers.getLogger(name);
        Until running = until.remove(name);
        if (running != null) {
            running.back().cancel(false);
        }
        if (time != null) {
            // A second change for a while goes back to what was before the first.
            Level before = running == null ? logger.getLevel() : running.level();
            ScheduledFuture<?> back = clock.schedule(() -> back(name), time.toMillis(), TimeUnit.MILLISECONDS);
            Instant end = Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS);
            until.put(name, new Until(before, end, back));
        }
        logger.setLevel(level);
    }

    private synchronized void back(String name) {
        Until over = until.remove(name);
        if (over != null) {
            loggers.getLogger(name).setLevel(over.level());
        }
    }

    private synchronized Answer answer() {
        Map<String, Until> temporary = Map.copyOf(until);
        return Answer.json(200, json -> {
            json.writeArrayPropertyStart("loggers");
            for (Logger logger : loggers.getLoggerList()) {
                if (logger.getLevel() != null) {
                    write(json, logger, temporary.get(logger.getName()));
                }
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, Logger logger, @Nullable Until temporary) {
        json.writeStartObject();
        json.writeStringProperty("logger", logger.getName());
        json.writeStringProperty("level", word(logger.getLevel()));
        if (temporary != null) {
            json.writeStringProperty("until", temporary.end().toString());
            json.writeStringProperty("then", temporary.level() == null ? "inherited" : word(temporary.level()));
        }
        json.writeEndObject();
    }

    private static String word(Level level) {
        return level.toString().toLowerCase(Locale.ROOT);
    }
}
