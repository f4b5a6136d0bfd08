package io.pgweir.audit;

import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.util.concurrent.atomic.LongAdder;

/** Executions that have no record because a rule wants none: counted, so that nothing is missing in silence. Any thread. */
final class LeftOut {
    private final LongAdder excluded = new LongAdder();
    private final LongAdder sampledOut = new LongAdder();
    private final Telemetry telemetry;

    LeftOut(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    void onExcluded() {
        excluded.increment();
        telemetry.increment(Metric.AUDIT_LEFT_OUT);
    }

    void onSampledOut() {
        sampledOut.increment();
        telemetry.increment(Metric.AUDIT_LEFT_OUT);
    }

    /** Since the start. */
    LeftOutTotals totals() {
        return new LeftOutTotals(excluded.sum(), sampledOut.sum());
    }
}
