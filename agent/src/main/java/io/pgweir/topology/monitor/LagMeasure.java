package io.pgweir.topology.monitor;

import io.pgweir.topology.Answer.Told;
import io.pgweir.topology.Claim;
import io.pgweir.topology.Lag;
import io.pgweir.topology.Lag.Source;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How far standbys are behind: in bytes from where the leader's WAL ends to what is replayed; in time the lesser of two upper
 * bounds, the age of the last transaction that was replayed (exact while there are some) and the {@link LsnTrail} (which an idle
 * leader does not fool). The servers' own word goes before Patroni's. Thread: the monitor's.
 */
final class LagMeasure {
    /** While the leader cannot be heard, where its WAL ended last counts for so long; then bytes are unknown. */
    private static final long LEADER_STANDS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LsnTrail trail = new LsnTrail();
    private String leaderName = "";

    /** @param leader of the cluster, or of a standby cluster; null while there is none */
    void onRound(@Nullable Facts leader, List<Facts> own, Round round) {
        if (leader == null) {
            return;
        }
        if (!leader.name().equals(leaderName)) {
            trail.clear();
            leaderName = leader.name();
        }
        long end = end(leader, own, round.fresh());
        if (end >= 0) {
            trail.record(end, round.nanos());
        }
    }

    Lag of(Facts standby, Round round) {
        Told told = standby.told();
        if (standby.isLive() && told != null && told.lsn() >= 0 && isKnown(round)) {
            long bytes = Math.max(0, trail.last() - told.lsn());
            long age = trail.ageNanos(told.lsn(), round.nanos());
            long replayAge = told.replayAgeNanos();
            long nanos = age < 0 ? replayAge : replayAge < 0 ? age : Math.min(age, replayAge);
            return new Lag(bytes, Source.SQL, Math.max(0, nanos), nanos < 0 ? Source.UNKNOWN : Source.SQL);
        }
        Claim claim = standby.claim();
        return claim == null || !round.fresh() ? Lag.UNKNOWN : claimed(claim, round);
    }

    private boolean isKnown(Round round) {
        return trail.lastAgeNanos(round.nanos()) <= LEADER_STANDS_NANOS;
    }

    private Lag claimed(Claim claim, Round round) {
        long age = claim.lsn() < 0 ? -1 : trail.ageNanos(claim.lsn(), round.nanos());
        long nanos = Math.max(0, age);
        Source timeFrom = age < 0 ? Source.UNKNOWN : Source.PATRONI;
        if (claim.replayLagBytes() >= 0) {
            return new Lag(claim.replayLagBytes(), Source.PATRONI, nanos, timeFrom);
        }
        if (claim.lsn() >= 0 && isKnown(round)) {
            return new Lag(Math.max(0, trail.last() - claim.lsn()), Source.PATRONI, nanos, timeFrom);
        }
        return claim.receiveLagBytes() < 0
                ? Lag.UNKNOWN
                : new Lag(claim.receiveLagBytes(), Source.PATRONI_RECEIVED, nanos, timeFrom);
    }

    /** Where the leader's WAL ends; -1 where nobody says. Patroni 4.1 does not tell it, but how far others are behind it. */
    private static long end(Facts leader, List<Facts> own, boolean fresh) {
        Told told = leader.told();
        if (leader.isLive() && told != null && told.lsn() >= 0) {
            return told.lsn();
        }
        Claim claim = leader.claim();
        if (claim == null || !fresh) {
            return -1;
        }
        long end = claim.lsn();
        for (Facts facts : own) {
            Claim other = facts.claim();
            if (end < 0 && other != null && other.lsn() >= 0 && other.replayLagBytes() >= 0) {
                end = other.lsn() + other.replayLagBytes();
            }
        }
        return end;
    }
}
