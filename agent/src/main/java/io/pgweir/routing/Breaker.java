package io.pgweir.routing;

import io.pgweir.config.BreakerConfig;
import io.pgweir.routing.NodeCounts.BreakerState;
import java.util.Arrays;

/**
 * A sliding window over one node's connects.
 *
 * <pre>
 *             share of failures                      open-time is over
 *   CLOSED ------------------------> OPEN --------------------------------> HALF OPEN
 *      ^                               ^                                       |  |
 *      |                               '--------- the one connect failed ------'  |
 *      '------------------------------------------ it went well ------------------'
 * </pre>
 *
 * Not thread safe.
 */
final class Breaker {
    private static final int SLOTS = 10;

    private final BreakerConfig config;
    private final long slotNanos;
    private final int[] attempts = new int[SLOTS];
    private final int[] failures = new int[SLOTS];

    /** Number of the slot that time is in, counted from the clock's zero. */
    private long slot;

    private BreakerState state = BreakerState.CLOSED;
    private long openedNanos;
    private boolean trying;

    Breaker(BreakerConfig config) {
        this.config = config;
        this.slotNanos = config.window().toNanos() / SLOTS;
    }

    /** Whether a connect may be made now. */
    boolean admits(long nowNanos) {
        if (state == BreakerState.OPEN
                && nowNanos - openedNanos >= config.openTime().toNanos()) {
            state = BreakerState.HALF_OPEN;
            trying = false;
        }
        return state == BreakerState.CLOSED || (state == BreakerState.HALF_OPEN && !trying);
    }

    BreakerState state(long nowNanos) {
        boolean _ = admits(nowNanos);
        return state;
    }

    void onConnect(long nowNanos) {
        if (state == BreakerState.HALF_OPEN && admits(nowNanos)) {
            trying = true;
        }
    }

    void onSuccess(long nowNanos) {
        if (state == BreakerState.HALF_OPEN) {
            toClosed();
        }
        count(nowNanos, false);
    }

    void onFailure(long nowNanos) {
        count(nowNanos, true);
        if (state == BreakerState.HALF_OPEN || (state == BreakerState.CLOSED && isTooMuch())) {
            state = BreakerState.OPEN;
            openedNanos = nowNanos;
        }
    }

    /** A connect ended that says nothing of the node. */
    void onAbandoned() {
        trying = false;
    }

    private void toClosed() {
        state = BreakerState.CLOSED;
        Arrays.fill(attempts, 0);
        Arrays.fill(failures, 0);
    }

    private boolean isTooMuch() {
        int all = 0;
        int failed = 0;
        for (int i = 0; i < SLOTS; i++) {
            all += attempts[i];
            failed += failures[i];
        }
        return all >= config.attemptsMin() && failed * 100L >= (long) all * config.failurePercent();
    }

    private void count(long nowNanos, boolean failed) {
        long current = Math.floorDiv(nowNanos, slotNanos);
        for (long gone = Math.max(slot + 1, current - SLOTS + 1); gone <= current; gone++) {
            attempts[Math.floorMod(gone, SLOTS)] = 0;
            failures[Math.floorMod(gone, SLOTS)] = 0;
        }
        slot = Math.max(slot, current);
        attempts[Math.floorMod(slot, SLOTS)]++;
        failures[Math.floorMod(slot, SLOTS)] += failed ? 1 : 0;
    }
}
