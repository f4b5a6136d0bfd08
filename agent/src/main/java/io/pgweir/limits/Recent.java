package io.pgweir.limits;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of client addresses for a while, of at most {@value #ADDRESSES_MAX} at once. Whoever was heard of least
 * recently is looked at first, two for each new one, so that what is stale goes as fast as what is new comes; where nothing
 * is stale, the oldest goes. Not for two threads at once.
 */
final class Recent<V> {
    static final int ADDRESSES_MAX = 65_536;

    private final Map<String, V> values = new LinkedHashMap<>(16, 0.75f, true);
    private final Supplier<V> fresh;

    Recent(Supplier<V> fresh) {
        this.fresh = fresh;
    }

    @Nullable
    V find(String address) {
        return values.get(address);
    }

    /** What is remembered of {@code address}; of one that is not, from now on. */
    V of(String address, Predicate<V> isStale) {
        V known = values.get(address);
        if (known != null) {
            return known;
        }
        forget(isStale);
        V first = fresh.get();
        values.put(address, first);
        return first;
    }

    private void forget(Predicate<V> isStale) {
        Iterator<V> eldest = values.values().iterator();
        for (int looked = 0; looked < 2 && eldest.hasNext(); looked++) {
            boolean stale = isStale.test(eldest.next());
            if (!stale && values.size() < ADDRESSES_MAX) {
                return;
            }
            eldest.remove();
        }
    }

    int size() {
        return values.size();
    }
}
