package io.pgweir.routing;

import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BreakerConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.EjectionConfig;
import io.pgweir.routing.Exclusion.Reason;
import io.pgweir.routing.NodeCounts.Outcome;
import io.pgweir.topology.Node;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses nodes of one cluster for sessions, and counts what became of them. What it counts stays when the topology or the
 * configuration changes: a node is known by its name.
 *
 * <p>Any thread; each call holds one lock for as long as it takes to look at a cluster's nodes. It is asked once a session, not
 * once a statement.
 */
public final class Balancer {
    private final RandomGenerator random;
    private final Map<String, Tally> tallies = new HashMap<>();
    private BalanceConfig config = BalanceConfig.IN_ORDER;
    private @Nullable EjectionConfig ejection;
    private @Nullable BreakerConfig breaker;
    private long choices;

    /** Searches that found every node full, in the order of asking; whoever asks bounds them. */
    private final LinkedHashSet<Search> waiting = new LinkedHashSet<>();

    private int sessionsMax = Integer.MAX_VALUE;

    /** In the topology that was last chosen from. */
    private int nodes;

    /** @param random used under this balancer's lock only */
    public Balancer(ClusterConfig cluster, RandomGenerator random) {
        this.random = random;
        configure(cluster);
    }

    /** How many sessions each node may have. */
    public synchronized void sessionsMax(int max) {
        sessionsMax = max;
    }

    /** Ejections and breakers begin anew where their settings differ; sessions stay counted. */
    public synchronized void configure(ClusterConfig cluster) {
        boolean same = Objects.equals(ejection, cluster.ejection()) && Objects.equals(breaker, cluster.breaker());
        config = cluster.balance();
        ejection = cluster.ejection();
        breaker = cluster.breaker();
        if (!same) {
            tallies.values().forEach(tally -> tally.configure(ejection, breaker));
        }
    }

    /** How many nodes one session may try, the first included. */
    public synchronized int attemptsMax() {
        return 1 + config.retries();
    }

    /**
     * Counts no session: {@link #lease} does, when the connect begins.
     *
     * @param tried names of nodes that this session could not connect to
     */
    public synchronized Choice choose(Topology topology, Wish wish, Set<String> tried, long nowNanos) {
        nodes = topology.nodes().size();
        List<Exclusion> excluded = new ArrayList<>();
        List<Node> wanted = new ArrayList<>();
        List<Node> second = new ArrayList<>();
        for (Node node : topology.nodes()) {
            Exclusion exclusion = exclusion(node, wish, tried);
            if (exclusion != null) {
                excluded.add(exclusion);
            } else if (wish.wants(node.role())) {
                wanted.add(node);
            } else {
                second.add(node);
            }
        }
        boolean fallback = wanted.isEmpty();
        List<Node> fitting = fallback ? second : wanted;
        if (!fallback) {
            second.forEach(node -> excluded.add(ofRole(node)));
        }
        List<Node> healthy = new ArrayList<>();
        List<Exclusion> passive = new ArrayList<>();
        for (Node node : fitting) {
            Exclusion exclusion = passive(node, nowNanos);
            if (exclusion == null) {
                healthy.add(node);
            } else {
                passive.add(exclusion);
            }
        }
        boolean panic = !passive.isEmpty() && healthy.size() * 100L < (long) fitting.size() * config.panicPercent();
        if (!panic) {
            excluded.addAll(passive);
        }
        List<Node> candidates = panic ? fitting : healthy;
        if (candidates.isEmpty()) {
            return new Choice.Nobody(excluded);
        }
        Node chosen = strategy(candidates);
        tally(chosen.name()).chosen = ++choices;
        return new Choice.Chosen(chosen, candidates.size(), fallback, panic, excluded);
    }

    /** A connect to a chosen node begins; the lease is told what becomes of it. */
    synchronized Lease lease(Node node, long nowNanos) {
        Tally tally = tally(node.name());
        tally.sessions++;
        if (tally.breaker != null) {
            tally.breaker.onConnect(nowNanos);
        }
        return new Lease(this, node.name(), nowNanos);
    }

    /** Sessions that a node has, those included that are being connected. */
    public synchronized int sessions(String node) {
        Tally tally = tallies.get(node);
        return tally == null ? 0 : tally.sessions;
    }

    /** What was counted of a node. */
    public synchronized NodeCounts counts(String node, long nowNanos) {
        return tally(node).counts(nowNanos);
    }

    /** No new sessions for a node until further notice. */
    public synchronized void drain(String node, boolean drained) {
        tally(node).drained = drained;
    }

    public synchronized boolean isDrained(String node) {
        Tally tally = tallies.get(node);
        return tally != null && tally.drained;
    }

    /** Forgets nodes that are no more, once they have no sessions; not that somebody drained them. */
    public synchronized void keepOnly(Topology topology) {
        tallies.entrySet()
                .removeIf(entry -> topology.node(entry.getKey()) == null
                        && entry.getValue().isForgettable());
    }

    synchronized void onConnected(String node, long tookNanos, long nowNanos) {
        Tally tally = tally(node);
        tally.onOutcome(Outcome.CONNECTED);
        tally.connectTime.record(tookNanos, nowNanos);
        if (tally.ejector != null) {
            tally.ejector.onSuccess(nowNanos);
        }
        if (tally.breaker != null) {
            tally.breaker.onSuccess(nowNanos);
        }
    }

    synchronized void onReached(String node, long tookNanos) {
        tally(node).connectTimes.record(tookNanos);
    }

    synchronized void onFailed(String node, Outcome how, long nowNanos) {
        Tally tally = tally(node);
        tally.onOutcome(how);
        tally.sessions--;
        if (tally.ejector != null) {
            tally.ejector.onFailure(nowNanos, mayEject(nowNanos));
        }
        if (tally.breaker != null) {
            tally.breaker.onFailure(nowNanos);
        }
        goOn(nowNanos);
    }

    synchronized void onAbandoned(String node, long nowNanos) {
        Tally tally = tally(node);
        tally.onOutcome(Outcome.ABANDONED);
        tally.sessions--;
        if (tally.breaker != null) {
            tally.breaker.onAbandoned();
        }
        goOn(nowNanos);
    }

    synchronized void onEnded(String node, long nowNanos) {
        tally(node).sessions--;
        goOn(nowNanos);
    }

    synchronized void await(Search search, long nowNanos) {
        waiting.add(search);
        goOn(nowNanos);
    }

    synchronized void giveUp(Search search) {
        waiting.remove(search);
    }

    /** Something that was chosen by may have changed: whoever waits and has room now is told. At any time nobody waits who has. */
    public synchronized void goOn(long nowNanos) {
        if (waiting.isEmpty()) {
            return;
        }
        Set<Wish> full = new HashSet<>();
        for (var each = waiting.iterator(); each.hasNext(); ) {
            Search search = each.next();
            if (full.contains(search.wish())) {
                continue;
            }
            if (search.findsRoom(nowNanos)) {
                each.remove();
                search.tellRoom();
            } else {
                full.add(search.wish());
            }
        }
    }

    private Tally tally(String node) {
        Tally tally = tallies.get(node);
        if (tally == null) {
            tally = new Tally();
            tally.configure(ejection, breaker);
            tallies.put(node, tally);
        }
        return tally;
    }

    private boolean mayEject(long nowNanos) {
        if (ejection == null) {
            return false;
        }
        int ejected = 0;
        for (Tally tally : tallies.values()) {
            ejected += tally.isEjected(nowNanos) ? 1 : 0;
        }
        return ejected == 0 || (ejected + 1) * 100L <= (long) nodes * ejection.maxPercent();
    }

    /** What no panic overlooks; null where there is nothing. */
    private @Nullable Exclusion exclusion(Node node, Wish wish, Set<String> tried) {
        if (!wish.wants(node.role()) && !wish.putsUpWith(node.role())) {
            Outage outage = node.outage();
            return outage == null ? ofRole(node) : out(node, outage);
        }
        Outage outage = node.outage();
        if (outage != null) {
            return out(node, outage);
        }
        if (tried.contains(node.name())) {
            return new Exclusion(node.name(), Reason.TRIED, "could not be connected to");
        }
        if (isDrained(node.name())) {
            return new Exclusion(node.name(), Reason.DRAINED, "drained");
        }
        int sessions = sessions(node.name());
        return sessions < sessionsMax
                ? null
                : new Exclusion(node.name(), Reason.FULL, sessions + " sessions, its limit");
    }

    private static Exclusion ofRole(Node node) {
        return new Exclusion(node.name(), Reason.ROLE, "role " + node.role().label());
    }

    private static Exclusion out(Node node, Outage outage) {
        return new Exclusion(node.name(), Reason.OUT, outage.reason().label() + ", " + outage.text());
    }

    private @Nullable Exclusion passive(Node node, long nowNanos) {
        Tally tally = tally(node.name());
        if (tally.ejector != null && tally.isEjected(nowNanos)) {
            long left = TimeUnit.NANOSECONDS.toMillis(tally.ejector.leftNanos(nowNanos));
            return new Exclusion(node.name(), Reason.EJECTED, "kept failing, left alone for " + left + " ms");
        }
        return tally.admits(nowNanos)
                ? null
                : new Exclusion(node.name(), Reason.BREAKER, "too many of its connects failed");
    }

    private Node strategy(List<Node> candidates) {
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        return switch (config.strategy()) {
            case IN_ORDER -> candidates.getFirst();
            case LEAST_CONNECTIONS -> least(candidates, node -> tally(node.name()).sessions);
            case POWER_OF_TWO -> betterOfTwo(candidates);
            case ROUND_ROBIN -> least(candidates, node -> tally(node.name()).chosen);
            case LATENCY ->
                least(candidates, node -> {
                    Tally tally = tally(node.name());
                    return tally.connectTime.nanos() * (1 + tally.sessions);
                });
            case WEIGHTED -> weighted(candidates);
        };
    }

    @FunctionalInterface
    private interface Score {
        double of(Node node);
    }

    /** Of equals one at random: the first must not get all of them. */
    private Node least(List<Node> candidates, Score score) {
        Node best = candidates.getFirst();
        double bestScore = score.of(best);
        int equals = 1;
        for (Node node : candidates.subList(1, candidates.size())) {
            double own = score.of(node);
            if (own < bestScore) {
                best = node;
                bestScore = own;
                equals = 1;
            } else if (own == bestScore && random.nextInt(++equals) == 0) {
                best = node;
            }
        }
        return best;
    }

    private Node betterOfTwo(List<Node> candidates) {
        int first = random.nextInt(candidates.size());
        int second = random.nextInt(candidates.size() - 1);
        second += second >= first ? 1 : 0;
        Node one = candidates.get(first);
        Node other = candidates.get(second);
        return tally(other.name()).sessions < tally(one.name()).sessions ? other : one;
    }

    /** Everybody is credited its weight; the richest is chosen and pays for all: shares are exact, and spread out. */
    private Node weighted(List<Node> candidates) {
        long total = 0;
        Node best = candidates.getFirst();
        for (Node node : candidates) {
            int weight = weight(node);
            total += weight;
            Tally tally = tally(node.name());
            tally.credit += weight;
            if (tally.credit > tally(best.name()).credit) {
                best = node;
            }
        }
        tally(best.name()).credit -= total;
        return best;
    }

    private int weight(Node node) {
        Integer byName = config.weights().get(node.name());
        return byName != null
                ? byName
                : config.weights().getOrDefault(node.address().toString(), 1);
    }
}
