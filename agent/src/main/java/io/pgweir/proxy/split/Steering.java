package io.pgweir.proxy.split;

import io.pgweir.config.ReadsConfig;
import io.pgweir.routing.split.Hint;
import io.pgweir.routing.split.Need;
import io.pgweir.sql.SqlStatement;
import java.util.List;

/**
 * What a client says of where its statements go, as far as its listener obeys: a comment of the statement, else the session's
 * {@code pgweir.route}. On the session's event loop.
 */
final class Steering {
    private final boolean leader;
    private final boolean replica;
    private final SessionSettings settings;

    Steering(List<ReadsConfig.Hints> obeyed, SessionSettings settings) {
        this.leader = obeyed.contains(ReadsConfig.Hints.LEADER);
        this.replica = obeyed.contains(ReadsConfig.Hints.REPLICA);
        this.settings = settings;
    }

    /** @param alone whether nothing else is in its query string: a replica is for single statements only */
    Need applied(Need need, SqlStatement statement, boolean alone) {
        if (!leader && !replica) {
            return need;
        }
        Hint comment = obeyed(Hint.of(statement), alone);
        return (comment == Hint.NONE ? obeyed(settings.route(), alone) : comment).appliedTo(need);
    }

    /** Whether the client wants it to go there. */
    boolean isForLeader(SqlStatement statement) {
        return leader && (Hint.of(statement) == Hint.LEADER || settings.route() == Hint.LEADER);
    }

    private Hint obeyed(Hint hint, boolean alone) {
        return switch (hint) {
            case NONE -> Hint.NONE;
            case LEADER -> leader ? Hint.LEADER : Hint.NONE;
            case REPLICA -> replica && alone ? Hint.REPLICA : Hint.NONE;
        };
    }
}
