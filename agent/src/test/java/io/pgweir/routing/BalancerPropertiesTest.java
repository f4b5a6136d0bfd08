package io.pgweir.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.routing.Choice.Chosen;
import io.pgweir.routing.Choice.Nobody;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class BalancerPropertiesTest {

    /** Whatever happened before: a choice has a wanted role and is in; only a panic overlooks what connects made of it. */
    @Property(tries = 500)
    void anExcludedNodeIsNeverChosen(
            @ForAll("topologies") Topology topology,
            @ForAll("wishes") Wish wish,
            @ForAll Strategy strategy,
            @ForAll @IntRange(max = 100) int panicPercent,
            @ForAll long seed) {
        // Given
        Random random = new Random(seed);
        Balancer balancer = new Balancer(
                Clusters.config(
                        new BalanceConfig(strategy, 1, Map.of(), panicPercent), Clusters.EJECTION, Clusters.BREAKER),
                random);
        long now = 0;
        List<Lease> open = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            now += TimeUnit.MILLISECONDS.toNanos(random.nextInt(1500));
            Search search = new Search(balancer, () -> topology, wish);

            // When
            Choice choice = search.next(now);

            // Then
            Set<String> excluded = new HashSet<>();
            choice.excluded().forEach(one -> excluded.add(one.node()));
            assertThat(excluded).hasSameSizeAs(choice.excluded());
            if (choice instanceof Chosen chosen) {
                Node node = chosen.node();
                assertThat(node.isIn()).isTrue();
                assertThat(chosen.fallback() ? wish.putsUpWith(node.role()) : wish.wants(node.role()))
                        .isTrue();
                assertThat(excluded).doesNotContain(node.name());
                assertThat(excluded.size() + chosen.candidates())
                        .isEqualTo(topology.nodes().size());
                assertThat(chosen.panic() && panicPercent == 0).isFalse();
                end(search.lease(), random, now, open);
            } else {
                assertThat(excluded).hasSameSizeAs(topology.nodes());
            }
        }
        open.forEach(lease -> lease.onEnded(Long.MAX_VALUE / 2));
        topology.nodes()
                .forEach(node -> assertThat(balancer.sessions(node.name())).isZero());
    }

    private static void end(Lease lease, Random random, long now, List<Lease> open) {
        switch (random.nextInt(4)) {
            case 0 -> lease.onEnded(now);
            case 1, 2 -> lease.onFailed(now);
            default -> {
                lease.onConnected(now + 1);
                open.add(lease);
            }
        }
    }

    /** With sessions that stay, no node has many more than another. */
    @Property(tries = 100)
    void sharesAreEvenWithinBounds(
            @ForAll @IntRange(min = 2, max = 12) int nodes, @ForAll("even") Strategy strategy, @ForAll long seed) {
        // Given
        Balancer balancer = new Balancer(Clusters.config(strategy), new Random(seed));
        Topology topology = asyncs(nodes);

        // When
        int sessions = 100 * nodes;
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 0; i < sessions; i++) {
            Search search = new Search(balancer, () -> topology, Wish.ANY);
            Chosen chosen = (Chosen) search.next(i);
            shares.merge(chosen.node().name(), 1, Integer::sum);
        }

        // Then
        int slack = strategy == Strategy.POWER_OF_TWO ? 8 : 0;
        assertThat(shares).hasSize(nodes);
        assertThat(shares.values()).allMatch(share -> Math.abs(share - 100) <= slack);
    }

    /** Shares are those of the weights at any moment, not only in the end. */
    @Property(tries = 100)
    void weightsAreSharesAtAnyMoment(@ForAll("weights") List<Integer> weights) {
        // Given
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < weights.size(); i++) {
            byName.put("n" + i, weights.get(i));
        }
        int total = weights.stream().mapToInt(Integer::intValue).sum();
        Balancer balancer = new Balancer(
                Clusters.config(new BalanceConfig(Strategy.WEIGHTED, 1, byName, 50), null, null), new Random(1));
        Topology topology = asyncs(weights.size());
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 1; i <= 2 * total; i++) {
            // When
            Chosen chosen = (Chosen) balancer.choose(topology, Wish.ANY, Set.of(), 0);
            shares.merge(chosen.node().name(), 1, Integer::sum);

            // Then
            for (Map.Entry<String, Integer> weight : byName.entrySet()) {
                double due = (double) i * weight.getValue() / total;
                assertThat(Math.abs(shares.getOrDefault(weight.getKey(), 0) - due))
                        .isLessThan(weights.size());
            }
        }
    }

    /** Each node once, no more than allowed, then nobody. */
    @Property(tries = 100)
    void aSearchIsBounded(
            @ForAll @IntRange(min = 1, max = 8) int nodes,
            @ForAll @IntRange(max = 10) int retries,
            @ForAll Strategy strategy,
            @ForAll long seed) {
        // Given
        Balancer balancer = new Balancer(
                Clusters.config(new BalanceConfig(strategy, retries, Map.of(), 50), null, null), new Random(seed));
        Topology topology = asyncs(nodes);
        Search search = new Search(balancer, () -> topology, Wish.ANY);

        // When
        Set<String> tried = new HashSet<>();
        while (search.next(0) instanceof Chosen chosen) {
            assertThat(tried.add(chosen.node().name())).isTrue();
            search.lease().onFailed(0);
        }

        // Then
        assertThat(search.attempts()).isEqualTo(Math.min(nodes, 1 + retries));
        assertThat(search.next(0)).isInstanceOf(Nobody.class);
        topology.nodes()
                .forEach(node -> assertThat(balancer.sessions(node.name())).isZero());
    }

    @Provide
    Arbitrary<Strategy> even() {
        return Arbitraries.of(
                Strategy.LEAST_CONNECTIONS, Strategy.POWER_OF_TWO, Strategy.ROUND_ROBIN, Strategy.WEIGHTED);
    }

    @Provide
    Arbitrary<List<Integer>> weights() {
        return Arbitraries.integers().between(1, 20).list().ofMinSize(2).ofMaxSize(6);
    }

    @Provide
    Arbitrary<Topology> topologies() {
        Arbitrary<NodeRole> roles = Arbitraries.of(NodeRole.class);
        Arbitrary<Optional<Outage.Reason>> reasons =
                Arbitraries.of(Outage.Reason.class).optional(0.4);
        Arbitrary<List<NodeRole>> many = roles.list().ofMinSize(0).ofMaxSize(8);
        return Combinators.combine(many, reasons.list().ofSize(8)).as((all, outages) -> {
            Node[] nodes = new Node[all.size()];
            for (int i = 0; i < nodes.length; i++) {
                String name = "n" + i;
                NodeRole role = all.get(i);
                nodes[i] = outages.get(i)
                        .map(reason -> Clusters.out(name, role, reason))
                        .orElseGet(() -> Clusters.in(name, role));
            }
            return Clusters.of(nodes);
        });
    }

    @Provide
    Arbitrary<Wish> wishes() {
        Arbitrary<List<Role>> roles =
                Arbitraries.of(Role.class).list().uniqueElements().ofMaxSize(3);
        return Combinators.combine(roles, roles).as((some, others) -> new Wish(some, some.isEmpty() ? some : others));
    }

    private static Topology asyncs(int count) {
        Node[] nodes = new Node[count];
        for (int i = 0; i < count; i++) {
            nodes[i] = Clusters.in("n" + i, NodeRole.ASYNC);
        }
        return Clusters.of(nodes);
    }
}
