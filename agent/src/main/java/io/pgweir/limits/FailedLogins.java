package io.pgweir.limits;

import io.pgweir.config.FailedLoginsConfig;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** Which client addresses have failed to log in too often, and are refused for a while. Any thread. */
public final class FailedLogins {
    private final FailedLoginsConfig config;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Recent<Failures> addresses = new Recent<>(Failures::new);

    /** Of one address. */
    private static final class Failures {
        int count;
        long firstNanos;
        boolean refused;
        long refusedNanos;
    }

    public FailedLogins(FailedLoginsConfig config, LongSupplier nanos) {
        this.config = config;
        this.nanos = nanos;
    }

    /** The server did not let a session of {@code address} in. */
    public void onFailure(String address) {
        lock.lock();
        try {
            long now = nanos.getAsLong();
            Failures failures = addresses.of(address, old -> isStale(old, now));
            if (failures.count == 0 || isStale(failures, now)) {
                failures.count = 0;
                failures.refused = false;
                failures.firstNanos = now;
            }
            failures.count++;
            if (failures.count >= config.max()) {
                failures.refused = true;
                failures.refusedNanos = now;
            }
        } finally {
            lock.unlock();
        }
    }

    public boolean isRefused(String address) {
        lock.lock();
        try {
            long now = nanos.getAsLong();
            Failures failures = addresses.find(address);
            return failures != null && failures.refused && !isStale(failures, now);
        } finally {
            lock.unlock();
        }
    }

    private boolean isStale(Failures failures, long now) {
        return failures.refused
                ? now - failures.refusedNanos >= config.refuse().toNanos()
                : now - failures.firstNanos >= config.within().toNanos();
    }
}
