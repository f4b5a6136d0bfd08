package io.pgweir.config;

import io.pgweir.config.ListenerConfig.Role;
import java.time.Duration;
import java.util.List;

/**
 * Of a listener in {@code mode: split}: which nodes answer reads, and how fresh they have to be.
 *
 * @param from roles of nodes that reads may go to
 * @param waitMax how long a read waits for a node to have replayed what it has to see
 * @param otherwise where it goes then
 * @param hints what clients may say of where their statements go; empty for nothing
 * @param transactions which transaction blocks a node for reads may run
 */
public record ReadsConfig(
        List<Role> from,
        Consistency consistency,
        Duration waitMax,
        Otherwise otherwise,
        List<Hints> hints,
        Transactions transactions) {
    public static final ReadsConfig DEFAULT = new ReadsConfig(
            List.of(Role.SYNC, Role.ASYNC), Consistency.SESSION, Duration.ofMillis(50), Otherwise.LEADER);

    public ReadsConfig {
        from = List.copyOf(from);
        hints = List.copyOf(hints);
    }

    /** Of what needs no choice of one's own: clients may ask for the leader, and blocks that are READ ONLY may leave it. */
    public ReadsConfig(List<Role> from, Consistency consistency, Duration waitMax, Otherwise otherwise) {
        this(from, consistency, waitMax, otherwise, List.of(Hints.LEADER), Transactions.READ_ONLY);
    }

    /** What a read is sure to see. */
    public enum Consistency {
        /** What was committed some time ago. */
        EVENTUAL,
        /** Whatever its own session has committed. */
        SESSION,
        /** Whatever any session of this agent, on split listeners of the same cluster, has committed. */
        GLOBAL
    }

    public enum Otherwise {
        LEADER
    }

    /** Blocks that a node for reads may run, as long as they only read. */
    public enum Transactions {
        /** None. */
        LEADER,
        /** Those that begin as READ ONLY. */
        READ_ONLY,
        /** Those too that do not. */
        DEFERRED
    }

    /** What clients may ask for. */
    public enum Hints {
        /** Nothing; stands alone. */
        NONE,
        LEADER,
        /** That a statement is a read, which only doubt keeps at the leader. */
        REPLICA
    }
}
