package io.pgweir.boot;

import io.netty.util.concurrent.EventExecutor;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Rules;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an agent measures of itself where somebody may look: what it is, the rules it has, how its event loops keep up. */
final class SelfMetrics {
    private SelfMetrics() {}

    static void start(Telemetry telemetry, String version, @Nullable Rules rules, Iterable<EventExecutor> loops) {
        List<String> build = List.of(version, Runtime.version().toString(), Platform.netty());
        telemetry.gauge(Metric.BUILD_INFO, build, () -> 1);
        if (rules != null) {
            for (Mode mode : Mode.values()) {
                telemetry.gauge(Metric.RULES_LOADED, mode.name().toLowerCase(Locale.ROOT), () -> count(rules, mode));
            }
        }
        LoopWatch.start(loops, telemetry);
    }

    private static long count(Rules rules, Mode mode) {
        return rules.current().rules().stream()
                .filter(rule -> rule.mode() == mode)
                .count();
    }
}
