package io.pgweir.topology.monitor;

import io.pgweir.config.LagConfig;
import io.pgweir.topology.Lag;
import java.time.Duration;

/** A lag beside its limits, on one line: {@code lag 19354848 bytes (max 16777216), 312 ms (max 5000)}. */
final class LagText {
    private LagText() {}

    static String of(Lag lag, LagConfig limits) {
        StringBuilder text = new StringBuilder("lag");
        if (limits.maxBytes() > 0) {
            boolean least = lag.bytesFrom() == Lag.Source.PATRONI_RECEIVED;
            text.append(' ')
                    .append(
                            lag.bytesFrom() == Lag.Source.UNKNOWN
                                    ? "unknown bytes"
                                    : (least ? "at least " : "") + lag.bytes() + " bytes")
                    .append(" (max ")
                    .append(limits.maxBytes())
                    .append(')');
        }
        Duration maxTime = limits.maxTime();
        if (maxTime != null) {
            text.append(limits.maxBytes() > 0 ? ", " : " ")
                    .append(
                            lag.timeFrom() == Lag.Source.UNKNOWN
                                    ? "unknown time"
                                    : Duration.ofNanos(lag.nanos()).toMillis() + " ms")
                    .append(" (max ")
                    .append(maxTime.toMillis())
                    .append(')');
        }
        return text.toString();
    }
}
