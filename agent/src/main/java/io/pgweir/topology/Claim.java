package io.pgweir.topology;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Patroni says of one node.
 *
 * @param stateWord as Patroni spelled it
 * @param timeline 0 where it says none
 * @param lsn of a leader what is written, of a standby what is replayed; -1 where it says none
 * @param replayLagBytes -1 where it says none
 * @param receiveLagBytes of received WAL; -1 where it says none
 * @param source who of Patroni's members said it
 */
public record Claim(
        NodeRole role,
        NodeState state,
        String stateWord,
        int timeline,
        long lsn,
        long replayLagBytes,
        long receiveLagBytes,
        Map<String, String> tags,
        @Nullable String systemIdentifier,
        String source) {

    public Claim {
        tags = Map.copyOf(tags);
    }

    /** The same, knowing more from the node's own Patroni. */
    public Claim located(long position, @Nullable String identifier) {
        return new Claim(
                role,
                state,
                stateWord,
                timeline,
                lsn < 0 ? position : lsn,
                replayLagBytes,
                receiveLagBytes,
                tags,
                identifier == null ? systemIdentifier : identifier,
                source);
    }

    /** A leader by Patroni's lock whose server is not promoted yet. */
    public Claim stillInRecovery() {
        return new Claim(
                role,
                NodeState.STARTING,
                stateWord + ", in recovery",
                timeline,
                -1,
                replayLagBytes,
                receiveLagBytes,
                tags,
                systemIdentifier,
                source);
    }

    @Override
    public String toString() {
        return "patroni: " + role + ", " + stateWord + ", timeline " + (timeline == 0 ? "unknown" : timeline) + " ("
                + source + ")";
    }
}
