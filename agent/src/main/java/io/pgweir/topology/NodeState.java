package io.pgweir.topology;

/** What a server does, in Patroni's words where it has some. */
public enum NodeState {
    RUNNING,
    STREAMING,
    IN_ARCHIVE_RECOVERY,
    STARTING,
    STOPPING,
    STOPPED,
    RESTARTING,
    CRASHED,
    /** A data directory is being made: initdb, a bootstrap, a copy of another node. */
    CREATING,
    /** A start, stop, restart or creation did not succeed. */
    FAILED,
    /** It could not be connected to. */
    UNREACHABLE,
    UNKNOWN;

    /** Patroni's word, of any version. */
    public static NodeState of(String word) {
        return switch (word) {
            case "running" -> RUNNING;
            case "streaming" -> STREAMING;
            case "in archive recovery" -> IN_ARCHIVE_RECOVERY;
            case "starting" -> STARTING;
            case "stopping" -> STOPPING;
            case "stopped" -> STOPPED;
            case "restarting" -> RESTARTING;
            case "crashed" -> CRASHED;
            case "creating replica", "initializing new cluster", "running custom bootstrap script" -> CREATING;
            default -> word.endsWith(" failed") ? FAILED : UNKNOWN;
        };
    }

    /** Whether sessions can be had of it. */
    public boolean serves() {
        return this == RUNNING || this == STREAMING || this == IN_ARCHIVE_RECOVERY;
    }
}
