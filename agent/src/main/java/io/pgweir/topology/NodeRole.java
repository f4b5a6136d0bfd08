package io.pgweir.topology;

import io.pgweir.config.ListenerConfig.Role;
import java.util.Locale;

/** What a node is to its cluster. */
public enum NodeRole {
    /** Takes writes, and nobody disputes it. */
    LEADER,
    /** A standby that the leader waits for. */
    SYNC,
    /** Any other standby. */
    ASYNC,
    /** Leads a standby cluster: others stream from it, and it takes no writes. */
    STANDBY_LEADER,
    /** Nobody knows, or those who should know do not agree. */
    UNKNOWN;

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** As the configuration and records spell it. */
    public String label() {
        return label;
    }

    public boolean is(Role role) {
        return switch (role) {
            case LEADER -> this == LEADER;
            case SYNC -> this == SYNC;
            case ASYNC -> this == ASYNC;
            case STANDBY_LEADER -> this == STANDBY_LEADER;
        };
    }

    /** Whether it follows another node of its cluster, and so can lag. */
    public boolean follows() {
        return this == SYNC || this == ASYNC;
    }
}
