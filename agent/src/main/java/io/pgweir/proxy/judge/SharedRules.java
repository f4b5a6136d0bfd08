package io.pgweir.proxy.judge;

import io.netty.util.concurrent.FastThreadLocal;
import io.pgweir.rules.Metered;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.telemetry.Telemetry;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What all sessions of an agent with rules share. Any thread. */
public final class SharedRules {
    private static final long FACTS_BYTES_MAX = 16 << 20;

    private final Rules rules;
    private final byte[] maskKey;
    private final Meters meters;
    private final Telemetry telemetry;

    /** One a loop: statements come again. */
    private final FastThreadLocal<HitCounts> hits = new FastThreadLocal<>() {
        @Override
        protected HitCounts initialValue() {
            return new HitCounts(telemetry);
        }
    };

    private final FastThreadLocal<FactsCache> facts = new FastThreadLocal<>() {
        @Override
        protected FactsCache initialValue() {
            return new FactsCache(FACTS_BYTES_MAX);
        }
    };

    private volatile Asked asked = new Asked(RuleSet.NONE, Set.of(), false);

    /** @param counts whether some rule's answer changes from row to row */
    private record Asked(RuleSet set, Set<Metered> metered, boolean counts) {}

    /** @param maskKey of hashes in the place of values */
    public SharedRules(Rules rules, byte[] maskKey, Telemetry telemetry) {
        this(rules, maskKey, telemetry, System::nanoTime);
    }

    /** @param nanos the clock that throttles and budgets go by */
    public SharedRules(Rules rules, byte[] maskKey, Telemetry telemetry, LongSupplier nanos) {
        this.rules = rules;
        this.maskKey = maskKey.clone();
        this.meters = new Meters(telemetry, nanos);
        this.telemetry = telemetry;
    }

    /** The set in force now. */
    public RuleSet current() {
        return rules.current();
    }

    /** Not to be changed. */
    public byte[] maskKey() {
        return maskKey;
    }

    /** What expressions of the set in force ask for. */
    Set<Metered> metered() {
        return asked().metered;
    }

    /** The set in force where some rule of it is to be asked from row to row, else null. */
    @Nullable
    RuleSet counting() {
        Asked now = asked();
        return now.counts ? now.set : null;
    }

    @SuppressWarnings("ReferenceEquality") // a set is what it is, not what is in it
    private Asked asked() {
        RuleSet now = rules.current();
        Asked known = asked;
        if (known.set != now) {
            known = new Asked(now, now.metered(), now.countsRows());
            asked = known;
        }
        return known;
    }

    Meters meters() {
        return meters;
    }

    /** Of the calling event loop. */
    HitCounts hits() {
        return hits.get();
    }

    /** Of the calling event loop. */
    public FactsCache facts() {
        return facts.get();
    }

    Telemetry telemetry() {
        return telemetry;
    }
}
