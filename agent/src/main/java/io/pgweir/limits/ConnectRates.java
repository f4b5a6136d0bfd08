package io.pgweir.limits;

import io.pgweir.config.ConnectRateConfig;
import io.pgweir.config.RateConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How often sessions are asked for: a token bucket for each listener and for each client address. Any thread. */
public final class ConnectRates {
    private final @Nullable RateConfig perAddress;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final @Nullable Recent<TokenBucket> addresses;

    /** As many as there are listeners with a rate. */
    private final Map<String, TokenBucket> listeners = new HashMap<>();

    public ConnectRates(ConnectRateConfig config, LongSupplier nanos) {
        this.nanos = nanos;
        RateConfig address = config.clientAddress();
        perAddress = address;
        addresses = address == null ? null : new Recent<>(() -> new TokenBucket(address, nanos.getAsLong()));
    }

    /**
     * Takes a turn; an address that comes too often takes none of its listener's.
     *
     * @param perListener null where the listener has no rate
     * @return null where it had one; else what comes too often
     */
    public @Nullable Scope refuses(String listener, @Nullable RateConfig perListener, String address) {
        if (perListener == null && perAddress == null) {
            return null;
        }
        lock.lock();
        try {
            long now = nanos.getAsLong();
            if (addresses != null
                    && !addresses.of(address, bucket -> bucket.isFull(now)).take(now)) {
                return Scope.CLIENT_ADDRESS;
            }
            if (perListener != null
                    && !listeners
                            .computeIfAbsent(listener, name -> new TokenBucket(perListener, now))
                            .take(now)) {
                return Scope.LISTENER;
            }
            return null;
        } finally {
            lock.unlock();
        }
    }
}
