package io.pgweir.proxy.judge;

import io.pgweir.rules.Action;
import io.pgweir.rules.Asker;
import io.pgweir.rules.Key;
import io.pgweir.rules.Metered;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What throttles and budgets count, for all sessions: token buckets and rolling windows by key. Of each at most {@value #KEYS_MAX}
 * keys; those that come when there is no room share one, and are counted. Any thread.
 */
final class Meters {
    static final int KEYS_MAX = 10_000;

    private final Telemetry telemetry;
    private final LongSupplier nanos;
    private final Map<String, TokenBucket> buckets = new ConcurrentHashMap<>();
    private final Map<String, RollingSum> sums = new ConcurrentHashMap<>();

    Meters(Telemetry telemetry, LongSupplier nanos) {
        this.telemetry = telemetry;
        this.nanos = nanos;
    }

    /**
     * Takes turns.
     *
     * @return nanoseconds to wait for the last of them, 0 for none; -1 where that would be longer than {@code throttle} lets anybody wait
     */
    long turnsNanos(String rule, Action.Throttle throttle, Asker asker, String fingerprint, int turns) {
        String key = rule + key(throttle.by(), asker, fingerprint);
        TokenBucket bucket = buckets.get(key);
        if (bucket == null) {
            bucket = buckets.computeIfAbsent(
                    roomFor(buckets, key),
                    any -> new TokenBucket(throttle.perSecond(), throttle.burst(), nanos.getAsLong()));
        }
        return bucket.takeNanos(throttle, turns, nanos.getAsLong());
    }

    /** Whether nothing is left of it. */
    boolean isSpent(String rule, Action.Budget budget, Asker asker, String fingerprint) {
        RollingSum sum = find(key(rule, budget, asker, fingerprint));
        if (sum == null) {
            return false;
        }
        long now = nanos.getAsLong();
        return sum.rows(now) >= budget.rowsMax() || sum.bytes(now) >= budget.bytesMax();
    }

    long spentRows(String rule, Action.Budget budget, Asker asker, String fingerprint) {
        RollingSum sum = find(key(rule, budget, asker, fingerprint));
        return sum == null ? 0 : sum.rows(nanos.getAsLong());
    }

    long spentBytes(String rule, Action.Budget budget, Asker asker, String fingerprint) {
        RollingSum sum = find(key(rule, budget, asker, fingerprint));
        return sum == null ? 0 : sum.bytes(nanos.getAsLong());
    }

    void spend(String rule, Action.Budget budget, Asker asker, String fingerprint, long rows, long bytes) {
        sum(key(rule, budget, asker, fingerprint), budget.window()).add(rows, bytes, nanos.getAsLong());
    }

    /** A result of {@code asker} is over: for the expressions that ask for it. */
    void count(Set<Metered> asked, Asker asker, String fingerprint, long rows, long bytes) {
        for (Metered one : asked) {
            sum(key(one.key(), one.window(), asker, fingerprint), one.window()).add(rows, bytes, nanos.getAsLong());
        }
    }

    /** Rows that {@link #count} was told of within {@code window}, by {@code key}. */
    long rows(Key key, Duration window, Asker asker, String fingerprint) {
        RollingSum sum = find(key(key, window, asker, fingerprint));
        return sum == null ? 0 : sum.rows(nanos.getAsLong());
    }

    /** As {@link #rows}, in bytes. */
    long bytes(Key key, Duration window, Asker asker, String fingerprint) {
        RollingSum sum = find(key(key, window, asker, fingerprint));
        return sum == null ? 0 : sum.bytes(nanos.getAsLong());
    }

    /** Of one that had no room, the shared one. */
    private @Nullable RollingSum find(String key) {
        RollingSum own = sums.get(key);
        return own == null ? sums.get(shared(key)) : own;
    }

    private RollingSum sum(String key, Duration window) {
        RollingSum known = sums.get(key);
        return known != null
                ? known
                : sums.computeIfAbsent(roomFor(sums, key), any -> new RollingSum(window, nanos.getAsLong()));
    }

    private String roomFor(Map<String, ? extends Meter> meters, String key) {
        if (meters.size() < KEYS_MAX) {
            return key;
        }
        long now = nanos.getAsLong();
        meters.values().removeIf(meter -> meter.isIdle(now));
        if (meters.size() < KEYS_MAX) {
            return key;
        }
        telemetry.increment(Metric.RULES_METERS_FULL);
        return shared(key);
    }

    /** By rule, or by window. */
    private static String shared(String key) {
        int end = key.indexOf('\0');
        return end < 0 ? key : key.substring(0, end);
    }

    private static String key(String rule, Action.Budget budget, Asker asker, String fingerprint) {
        return rule + key(budget.by(), asker, fingerprint);
    }

    private static String key(Key by, Duration window, Asker asker, String fingerprint) {
        return window + key(Set.of(by), asker, fingerprint);
    }

    private static String key(Set<Key> by, Asker asker, String fingerprint) {
        StringBuilder key = new StringBuilder(64);
        for (Key one : Key.values()) {
            if (by.contains(one)) {
                key.append('\0').append(one.name()).append(value(one, asker, fingerprint));
            }
        }
        return key.toString();
    }

    private static String value(Key key, Asker asker, String fingerprint) {
        return switch (key) {
            case USER -> asker.user();
            case DATABASE -> asker.database();
            case APPLICATION -> asker.application();
            case CLIENT -> {
                InetAddress address = asker.address();
                yield address == null ? "" : address.getHostAddress();
            }
            case SESSION -> asker.session().toString();
            case FINGERPRINT -> fingerprint;
        };
    }

    /** One key's. */
    sealed interface Meter permits TokenBucket, RollingSum {
        /** Whether forgetting it changes nothing. */
        boolean isIdle(long now);
    }
}
