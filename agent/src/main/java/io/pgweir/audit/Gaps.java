package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is missing and not yet told, summed up by its reason. Any thread. */
final class Gaps {
    /** Filled once, then only read. */
    private final Map<AuditGap.Reason, AtomicReference<@Nullable AuditGap>> sums = new EnumMap<>(AuditGap.Reason.class);

    Gaps() {
        for (AuditGap.Reason reason : AuditGap.Reason.values()) {
            sums.put(reason, new AtomicReference<>());
        }
    }

    void add(AuditGap one) {
        Objects.requireNonNull(sums.get(one.reason()))
                .accumulateAndGet(one, (sofar, next) -> sofar == null || next == null ? next : sofar.and(next));
    }

    /** Tells what there is, and forgets it. */
    void drainTo(Consumer<AuditGap> teller) {
        for (AtomicReference<@Nullable AuditGap> sum : sums.values()) {
            AuditGap told = sum.getPlain() == null ? null : sum.getAndSet(null);
            if (told != null) {
                teller.accept(told);
            }
        }
    }
}
