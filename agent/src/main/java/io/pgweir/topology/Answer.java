package io.pgweir.topology;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a server said of itself. */
public sealed interface Answer {

    /**
     * @param timeline 0 where it is not known
     * @param systemIdentifier null where the login may not ask for it
     * @param lsn of a leader what is written, of a standby what is replayed; -1 where it is not known
     * @param streaming whether WAL was received by streaming
     * @param replayAgeNanos since the last transaction that was replayed was committed; -1 where there was none
     * @param standbys names of those who stream from it, and whether it waits for them
     * @param standbyName the name that it streams under itself
     */
    record Told(
            boolean inRecovery,
            int timeline,
            @Nullable String systemIdentifier,
            long lsn,
            boolean streaming,
            long replayAgeNanos,
            Map<String, Boolean> standbys,
            @Nullable String standbyName)
            implements Answer {
        public Told {
            standbys = Map.copyOf(standbys);
        }

        @Override
        public String toString() {
            return "sql: in_recovery=" + inRecovery + ", timeline " + (timeline == 0 ? "unknown" : timeline)
                    + ", system " + (systemIdentifier == null ? "unknown" : systemIdentifier);
        }
    }

    record Silent(Why why, String text) implements Answer {
        @Override
        public String toString() {
            return "sql: " + text;
        }
    }

    enum Why {
        /** No connection, or none that answers in time. */
        UNREACHABLE,
        /** The server is there and takes no sessions: it starts or stops. */
        NOT_READY,
        /** The server is there and does not talk to the monitor: what it said last stands. */
        BLIND
    }
}
