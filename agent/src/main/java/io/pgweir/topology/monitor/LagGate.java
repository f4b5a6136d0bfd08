package io.pgweir.topology.monitor;

import io.pgweir.config.LagConfig;
import io.pgweir.config.LagConfig.Unknown;
import io.pgweir.topology.Lag;
import java.time.Duration;

/**
 * Whether one standby's lag lets it take new sessions: one look over a limit and it may not; it may again when it has stayed
 * under four fifths of every limit for the whole of {@code readmit-after}. If it comes back only to go again soon, that time
 * doubles, up to {@value #DWELL_FACTOR_MAX} times, so that a lag that swings around its limit does not swing the node.
 *
 * <pre>
 *              over a limit, or unknown (exclude)
 *   admitted ------------------------------------> out
 *      ^                                            |
 *      '---- well under, all the time, for dwell ---'
 * </pre>
 *
 * Thread: the monitor's. The clock is the caller's.
 */
final class LagGate {
    private static final int DWELL_FACTOR_MAX = 32;

    /** A return that did not last this many times its own dwell time was too early. */
    private static final int EARLY = 10;

    private final LagConfig config;
    private boolean measured;
    private boolean admitted;
    private boolean under;
    private long underSinceNanos;
    private boolean readmitted;
    private long readmittedNanos;
    private long dwellNanos;

    LagGate(LagConfig config) {
        this.config = config;
        this.dwellNanos = config.readmitAfter().toNanos();
    }

    enum Verdict {
        ADMITTED,
        OVER,
        UNKNOWN,
        /** Under its limits, not for long enough. */
        RETURNING
    }

    Verdict judge(Lag lag, long nowNanos) {
        Fit fit = fit(lag);
        if (!measured) {
            measured = fit != Fit.UNKNOWN;
            admitted = fit == Fit.WELL || fit == Fit.BARELY;
        } else if (admitted) {
            if (fit == Fit.OVER || fit == Fit.UNKNOWN) {
                toOut(nowNanos);
            }
        } else if (stayedUnder(fit, nowNanos)) {
            admitted = true;
            readmitted = true;
            readmittedNanos = nowNanos;
        }
        return admitted
                ? Verdict.ADMITTED
                : switch (fit) {
                    case OVER -> Verdict.OVER;
                    case UNKNOWN -> Verdict.UNKNOWN;
                    case WELL, BARELY -> Verdict.RETURNING;
                };
    }

    /** How long the standby must now stay under its limits. */
    Duration dwell() {
        return Duration.ofNanos(dwellNanos);
    }

    private void toOut(long nowNanos) {
        admitted = false;
        under = false;
        long least = config.readmitAfter().toNanos();
        boolean early = readmitted && nowNanos - readmittedNanos < EARLY * dwellNanos;
        dwellNanos = early ? Math.min(2 * dwellNanos, DWELL_FACTOR_MAX * least) : least;
    }

    private boolean stayedUnder(Fit fit, long nowNanos) {
        if (fit != Fit.WELL) {
            under = false;
            return false;
        }
        if (!under) {
            under = true;
            underSinceNanos = nowNanos;
        }
        return nowNanos - underSinceNanos >= dwellNanos;
    }

    private enum Fit {
        WELL,
        /** Between four fifths of a limit and the limit. */
        BARELY,
        OVER,
        UNKNOWN
    }

    private Fit fit(Lag lag) {
        Duration maxTime = config.maxTime();
        Fit bytes = config.maxBytes() == 0 ? Fit.WELL : fit(lag.bytes(), config.maxBytes(), lag.bytesFrom());
        Fit time = maxTime == null ? Fit.WELL : fit(lag.nanos(), maxTime.toNanos(), lag.timeFrom());
        if (bytes == Fit.OVER || time == Fit.OVER) {
            return Fit.OVER;
        }
        if (bytes == Fit.UNKNOWN || time == Fit.UNKNOWN) {
            return Fit.UNKNOWN;
        }
        return bytes == Fit.BARELY || time == Fit.BARELY ? Fit.BARELY : Fit.WELL;
    }

    private Fit fit(long lag, long max, Lag.Source source) {
        boolean lowerBound = source == Lag.Source.PATRONI_RECEIVED;
        if (source == Lag.Source.UNKNOWN || (lowerBound && lag <= max)) {
            return config.unknown() == Unknown.ALLOW ? Fit.WELL : Fit.UNKNOWN;
        }
        return lag > max ? Fit.OVER : lag > max - max / 5 ? Fit.BARELY : Fit.WELL;
    }
}
