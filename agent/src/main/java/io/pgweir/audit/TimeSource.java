package io.pgweir.audit;

import java.time.Instant;

/** The two clocks of a record, as one thing that tests can stand in for. */
public interface TimeSource {
    TimeSource SYSTEM = new TimeSource() {
        @Override
        public long wallMicros() {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    /** Microseconds since 1970, UTC. */
    long wallMicros();

    /** As {@link System#nanoTime()}. */
    long nanos();
}
