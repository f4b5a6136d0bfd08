package io.pgweir.topology.monitor;

import io.pgweir.config.LagConfig;
import io.pgweir.topology.Answer;
import io.pgweir.topology.Answer.Silent;
import io.pgweir.topology.Answer.Told;
import io.pgweir.topology.Claim;
import io.pgweir.topology.Lag;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.NodeState;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Outage.Reason;
import io.pgweir.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a topology of what was heard. What those who know do not agree on is not believed: a node leads when Patroni (where it
 * is used) and the server itself (where it is asked) say so, and no node of the cluster is known to have been on a higher
 * timeline. Of two that would do, the one that led before stays.
 *
 * <p>Remembers of each node what it said last and its timeline, for as long as it is a member: a leader that was deposed while
 * nobody looked is known by its timeline. Pure otherwise: no clock, no I/O. Thread: the monitor's.
 */
final class Judge {
    private final String cluster;
    private final boolean patroni;
    private final boolean asked;
    private final @Nullable LagConfig lag;
    private final Map<String, Memory> memories = new HashMap<>();
    private final LagMeasure measure = new LagMeasure();
    private Map<String, List<String>> evidence = Map.of();

    private static final class Memory {
        private @Nullable Told told;
        private int timeline;
        private @Nullable LagGate gate;
    }

    /**
     * @param patroni whether members come with Patroni's claims
     * @param asked whether servers are asked
     */
    Judge(String cluster, boolean patroni, boolean asked, @Nullable LagConfig lag) {
        this.cluster = cluster;
        this.patroni = patroni;
        this.asked = asked;
        this.lag = lag;
    }

    Topology judge(Round round, Topology before) {
        List<Facts> all = facts(round);
        String identity = identity(all, before.systemIdentifier());
        List<Facts> own =
                all.stream().filter(facts -> !isForeign(facts, identity)).toList();
        int timelineMax = own.stream().mapToInt(Facts::timeline).max().orElse(0);
        Facts leader = leader(own, timelineMax, before.leader());
        measure.onRound(leader == null ? standbyLeader(own) : leader, own, round);
        List<Node> nodes = new ArrayList<>();
        for (Facts facts : all) {
            nodes.add(node(facts, new Bench(identity, timelineMax, leader, round, before)));
        }
        return new Topology(cluster, nodes, identity, round.nanos(), round.at(), round.away());
    }

    /** Of the last round: what each node and Patroni said of it, one line a witness. */
    Map<String, List<String>> evidence() {
        return evidence;
    }

    /** What every node is measured against. */
    private record Bench(
            @Nullable String identity,
            int timelineMax,
            @Nullable Facts leader,
            Round round,
            Topology before) {
        boolean isLeader(Facts facts) {
            return leader != null && leader.name().equals(facts.name());
        }
    }

    private record Standing(NodeRole role, @Nullable Reason reason, String text) {
        static Standing in(NodeRole role) {
            return new Standing(role, null, "");
        }
    }

    private List<Facts> facts(Round round) {
        List<Facts> all = new ArrayList<>();
        Map<String, List<String>> heard = new HashMap<>();
        for (var member : round.members()) {
            Memory memory = memories.computeIfAbsent(member.name(), name -> new Memory());
            Answer answer = asked
                    ? round.answers().getOrDefault(member.name(), new Silent(Answer.Why.UNREACHABLE, "not asked"))
                    : null;
            Facts facts = Facts.of(member, answer, memory.told, memory.timeline);
            memory.timeline = facts.timeline();
            if (facts.isLive()) {
                memory.told = facts.told();
            }
            all.add(facts);
            heard.put(member.name(), facts.evidence());
        }
        memories.keySet().retainAll(heard.keySet());
        evidence = heard;
        return all;
    }

    /** What it was, while one node still has it; else what most have. */
    private static @Nullable String identity(List<Facts> all, @Nullable String before) {
        Map<String, Integer> counts = new HashMap<>();
        String most = null;
        for (Facts facts : all) {
            String identifier = facts.identifier();
            if (identifier != null) {
                int count = counts.merge(identifier, 1, Integer::sum);
                most = most == null || count > counts.getOrDefault(most, 0) ? identifier : most;
            }
        }
        return most == null || (before != null && counts.containsKey(before)) ? before : most;
    }

    private static boolean isForeign(Facts facts, @Nullable String identity) {
        return identity != null && facts.identifier() != null && !identity.equals(facts.identifier());
    }

    private @Nullable Facts leader(List<Facts> own, int timelineMax, @Nullable Node before) {
        Facts found = null;
        for (Facts facts : own) {
            if (isAgreed(facts) && facts.timeline() == timelineMax) {
                if (before != null && before.name().equals(facts.name())) {
                    return facts;
                }
                if (found != null) {
                    return incumbent(own, timelineMax, before);
                }
                found = facts;
            }
        }
        return found;
    }

    private @Nullable Facts incumbent(List<Facts> own, int timelineMax, @Nullable Node before) {
        return own.stream()
                .filter(facts -> before != null && before.name().equals(facts.name()))
                .filter(facts -> isAgreed(facts) && facts.timeline() == timelineMax)
                .findFirst()
                .orElse(null);
    }

    /** Whether all that can speak of it call it the leader. */
    private boolean isAgreed(Facts facts) {
        Claim claim = facts.claim();
        boolean claimed = !patroni
                || (claim != null
                        && claim.role() == NodeRole.LEADER
                        && claim.state().serves());
        return (patroni || asked) && claimed && (!asked || facts.takesWrites());
    }

    private static @Nullable Facts standbyLeader(List<Facts> own) {
        return own.stream()
                .filter(facts -> facts.claims(NodeRole.STANDBY_LEADER))
                .findFirst()
                .orElse(null);
    }

    private Node node(Facts facts, Bench bench) {
        Standing standing = standing(facts, bench);
        NodeRole role = standing.role();
        Lag behind =
                role == NodeRole.LEADER ? Lag.NONE : role.follows() ? measure.of(facts, bench.round()) : Lag.UNKNOWN;
        if (standing.reason() == null && role.follows()) {
            standing = gated(facts, role, behind, bench.round().nanos());
        }
        var member = facts.member();
        Claim claim = facts.claim();
        return new Node(
                member.name(),
                member.address(),
                member.at(),
                role,
                state(facts),
                facts.timeline(),
                facts.identifier(),
                behind,
                claim == null ? Map.of() : claim.tags(),
                outage(standing, bench, bench.before().node(member.name())));
    }

    private static @Nullable Outage outage(Standing standing, Bench bench, @Nullable Node before) {
        Reason reason = standing.reason();
        if (reason == null) {
            return null;
        }
        Outage earlier = before == null ? null : before.outage();
        return new Outage(
                reason,
                standing.text(),
                earlier != null && earlier.reason() == reason
                        ? earlier.since()
                        : bench.round().at());
    }

    private Standing standing(Facts facts, Bench bench) {
        if (isForeign(facts, bench.identity())) {
            return new Standing(
                    NodeRole.UNKNOWN,
                    Reason.FOREIGN,
                    "system identifier " + facts.identifier() + " (expected: " + bench.identity() + ")");
        }
        Claim claim = facts.claim();
        NodeRole role = bench.isLeader(facts) ? NodeRole.LEADER : follower(facts, bench.leader());
        if (facts.answer() instanceof Silent silent && silent.why() != Answer.Why.BLIND) {
            boolean gone = silent.why() == Answer.Why.UNREACHABLE;
            Node was = bench.before().node(facts.name());
            // Who cannot be asked is still what it was; a leader is not.
            NodeRole shown =
                    role == NodeRole.UNKNOWN && was != null && was.role().follows() ? was.role() : role;
            return new Standing(shown, gone ? Reason.UNREACHABLE : Reason.NOT_SERVING, silent.text());
        }
        if (claim != null && !claim.state().serves() && !(claim.state() == NodeState.UNKNOWN && facts.isLive())) {
            return new Standing(role, Reason.NOT_SERVING, "Patroni says " + claim.stateWord());
        }
        if (role == NodeRole.UNKNOWN && (patroni || asked)) {
            return new Standing(role, Reason.ROLE_UNPROVEN, doubt(facts, bench));
        }
        if (role != NodeRole.LEADER
                && claim != null
                && "true".equals(claim.tags().get("noloadbalance"))) {
            return new Standing(role, Reason.NO_LOAD_BALANCE, "tag noloadbalance");
        }
        return Standing.in(role);
    }

    /** What a node is that does not lead; UNKNOWN where it should or would. */
    private NodeRole follower(Facts facts, @Nullable Facts leader) {
        Claim claim = facts.claim();
        if (facts.takesWrites() || (claim != null && claim.role() == NodeRole.LEADER)) {
            return NodeRole.UNKNOWN;
        }
        if (claim != null) {
            return claim.role();
        }
        Told told = facts.told();
        if (told == null) {
            return NodeRole.UNKNOWN;
        }
        Told first = leader == null ? null : leader.told();
        boolean waitedFor =
                first != null && told.standbyName() != null && first.standbys().getOrDefault(told.standbyName(), false);
        return waitedFor ? NodeRole.SYNC : NodeRole.ASYNC;
    }

    private String doubt(Facts facts, Bench bench) {
        Claim claim = facts.claim();
        String patroniSays = claim == null ? "" : "Patroni says " + claim.role();
        if (asked && facts.told() == null) {
            String why = facts.answer() instanceof Silent silent ? " (" + silent.text() + ")" : "";
            return "the server has not said what it is" + why + (claim == null ? "" : ", " + patroniSays);
        }
        if (facts.takesWrites() && claim != null && claim.role() != NodeRole.LEADER) {
            return "takes writes, " + patroniSays;
        }
        if (facts.told() != null && facts.told().inRecovery()) {
            return "in recovery, " + patroniSays;
        }
        if (facts.timeline() != bench.timelineMax()) {
            return "on timeline " + facts.timeline() + " of a cluster on " + bench.timelineMax();
        }
        return claim != null && claim.role() == NodeRole.UNKNOWN
                ? "Patroni says a role that is not known"
                : "another node leads as well, on timeline " + facts.timeline();
    }

    private Standing gated(Facts facts, NodeRole role, Lag behind, long nowNanos) {
        LagConfig limits = lag;
        if (limits == null) {
            return Standing.in(role);
        }
        Memory memory = memories.computeIfAbsent(facts.name(), name -> new Memory());
        if (memory.gate == null) {
            memory.gate = new LagGate(limits);
        }
        return switch (memory.gate.judge(behind, nowNanos)) {
            case ADMITTED -> Standing.in(role);
            case OVER -> new Standing(role, Reason.LAG, LagText.of(behind, limits));
            case UNKNOWN -> new Standing(role, Reason.LAG_UNKNOWN, LagText.of(behind, limits));
            case RETURNING ->
                new Standing(
                        role,
                        Reason.LAG,
                        LagText.of(behind, limits) + ", back after "
                                + memory.gate.dwell().toMillis() + " ms well under");
        };
    }

    private NodeState state(Facts facts) {
        Claim claim = facts.claim();
        return switch (facts.answer()) {
            case Silent silent when silent.why() == Answer.Why.UNREACHABLE -> NodeState.UNREACHABLE;
            case Silent silent when silent.why() == Answer.Why.NOT_READY -> NodeState.STARTING;
            case Told told
            when claim == null || !claim.state().serves() ->
                !told.inRecovery()
                        ? NodeState.RUNNING
                        : told.streaming() ? NodeState.STREAMING : NodeState.IN_ARCHIVE_RECOVERY;
            case Told _, Silent _ -> claim == null ? NodeState.UNKNOWN : claim.state();
            case null -> claim == null ? NodeState.UNKNOWN : claim.state();
        };
    }
}
