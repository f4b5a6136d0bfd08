package io.pgweir.proxy.judge;

import io.pgweir.rules.Action;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Verdict;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what rules said. A rule's hits are made once, so a hit's counter is found by what it is, not by what is in it. One an event
 * loop, on that loop.
 */
final class HitCounts {
    /** Hits of sets that are no longer in force stay until there are so many. */
    private static final int HITS_MAX = 4096;

    private static final String NOTHING = "none";

    private final Telemetry telemetry;
    private final IdentityHashMap<Hit, LongAdder> ofHits = new IdentityHashMap<>();
    private final Map<String, LongAdder> ofVerdicts = new HashMap<>();

    HitCounts(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    void count(Verdict verdict) {
        if (verdict.hits().isEmpty()) {
            return;
        }
        for (int i = 0; i < verdict.hits().size(); i++) {
            Hit hit = verdict.hits().get(i);
            LongAdder count = ofHits.get(hit);
            (count == null ? added(hit) : count).increment();
        }
        String action = word(verdict.strongest());
        LongAdder count = ofVerdicts.get(action);
        if (count == null) {
            count = telemetry.counter(Metric.RULES_VERDICTS, action);
            ofVerdicts.put(action, count);
        }
        count.increment();
    }

    private LongAdder added(Hit hit) {
        if (ofHits.size() >= HITS_MAX) {
            ofHits.clear();
        }
        String action = hit.exemption() != null
                ? "exempt"
                : word(hit.actions().isEmpty() ? null : hit.actions().getFirst());
        LongAdder count = telemetry.counter(
                Metric.RULES_HITS, hit.rule(), hit.mode().name().toLowerCase(Locale.ROOT), action);
        ofHits.put(hit, count);
        return count;
    }

    private static String word(@Nullable Action action) {
        return action == null ? NOTHING : action.kind().word();
    }
}
