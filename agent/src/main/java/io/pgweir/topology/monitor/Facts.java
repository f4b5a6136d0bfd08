package io.pgweir.topology.monitor;

import io.pgweir.topology.Answer;
import io.pgweir.topology.Answer.Silent;
import io.pgweir.topology.Answer.Told;
import io.pgweir.topology.Claim;
import io.pgweir.topology.Member;
import io.pgweir.topology.NodeRole;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one node in one round.
 *
 * @param answer null where servers are not asked
 * @param told what the server says of itself; what it said last, where it is there and does not talk to us
 * @param timeline the highest that it is known to have had; 0 where none is
 */
record Facts(
        Member member, @Nullable Answer answer, @Nullable Told told, int timeline) {

    static Facts of(Member member, @Nullable Answer answer, @Nullable Told before, int timelineBefore) {
        Told told = switch (answer) {
            case Told now -> now;
            case Silent silent when silent.why() == Answer.Why.BLIND -> before;
            case Silent _ -> null;
            case null -> null;
        };
        int timeline = timeline(member.claim(), told);
        return new Facts(member, answer, told, timeline == 0 ? timelineBefore : timeline);
    }

    /** Of a node that takes writes its own word counts: Patroni hears of a new timeline later. */
    private static int timeline(@Nullable Claim claim, @Nullable Told told) {
        int own = told == null ? 0 : told.timeline();
        boolean leads = told != null && !told.inRecovery();
        return claim == null || (leads && own > 0) ? own : Math.max(own, claim.timeline());
    }

    String name() {
        return member.name();
    }

    @Nullable
    Claim claim() {
        return member.claim();
    }

    @Nullable
    String identifier() {
        Claim claim = member.claim();
        return told != null && told.systemIdentifier() != null
                ? told.systemIdentifier()
                : claim == null ? null : claim.systemIdentifier();
    }

    /** Told in this very round. */
    boolean isLive() {
        return answer instanceof Told;
    }

    /** The server itself says that it takes writes. */
    boolean takesWrites() {
        return told != null && !told.inRecovery();
    }

    boolean claims(NodeRole role) {
        Claim claim = member.claim();
        return claim != null && claim.role() == role;
    }

    List<String> evidence() {
        List<String> lines = new ArrayList<>();
        if (member.claim() != null) {
            lines.add(member.claim().toString());
        }
        if (answer != null) {
            lines.add(answer.toString());
        }
        if (told != null && !isLive()) {
            lines.add("before: " + told);
        }
        return lines;
    }
}
