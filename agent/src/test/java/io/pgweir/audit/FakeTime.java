package io.pgweir.audit;

import java.util.concurrent.atomic.AtomicLong;

/** Clocks that stand still until somebody moves them. */
final class FakeTime implements TimeSource {
    final AtomicLong micros;
    final AtomicLong nanos = new AtomicLong(Sample.BASE_NANOS);

    FakeTime(long micros) {
        this.micros = new AtomicLong(micros);
    }

    @Override
    public long wallMicros() {
        return micros.get();
    }

    @Override
    public long nanos() {
        return nanos.get();
    }
}
