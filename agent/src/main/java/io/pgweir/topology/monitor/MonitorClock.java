package io.pgweir.topology.monitor;

import java.time.Instant;

/** Two clocks: one that only goes forward, one for people. */
public interface MonitorClock {
    MonitorClock SYSTEM = new MonitorClock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    };

    long nanos();

    Instant now();
}
