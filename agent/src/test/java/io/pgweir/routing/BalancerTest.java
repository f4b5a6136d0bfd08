package io.pgweir.routing;

import static io.pgweir.routing.Clusters.config;
import static io.pgweir.routing.Clusters.in;
import static io.pgweir.routing.Clusters.out;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.routing.Choice.Chosen;
import io.pgweir.routing.Choice.Nobody;
import io.pgweir.routing.Exclusion.Reason;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private static final Wish READ = new Wish(List.of(Role.SYNC, Role.ASYNC), List.of(Role.LEADER));
    private static final Wish WRITE = new Wish(List.of(Role.LEADER), List.of());
    private static final Topology THREE =
            Clusters.of(in("l", NodeRole.LEADER), in("s", NodeRole.SYNC), in("a", NodeRole.ASYNC));

    private long now;

    @Test
    void aWishIsForRoles() {
        // Given
        Balancer balancer = balancer(Strategy.IN_ORDER);

        // Then
        assertThat(chosen(balancer, THREE, WRITE).node().name()).isEqualTo("l");
        assertThat(chosen(balancer, THREE, READ)).returns(2, Chosen::candidates).returns(false, Chosen::fallback);
        assertThat(chosen(balancer, THREE, READ).excluded())
                .containsExactly(new Exclusion("l", Reason.ROLE, "role leader"));
        assertThat(chosen(balancer, THREE, Wish.ANY).candidates()).isEqualTo(3);
    }

    @Test
    void theFallbackIsForWhenNobodyHasTheRole() {
        // Given
        Balancer balancer = balancer(Strategy.IN_ORDER);
        Topology lagging = Clusters.of(in("l", NodeRole.LEADER), out("s", NodeRole.SYNC, Outage.Reason.LAG));

        // When
        Chosen chosen = chosen(balancer, lagging, READ);

        // Then
        assertThat(chosen.node().name()).isEqualTo("l");
        assertThat(chosen.fallback()).isTrue();
        assertThat(chosen.excluded()).containsExactly(new Exclusion("s", Reason.OUT, "lag, a reason"));
    }

    @Test
    void whereNobodyFitsEachNodeSaysWhy() {
        // Given
        Balancer balancer = balancer(Strategy.LEAST_CONNECTIONS);
        balancer.drain("d", true);
        Topology topology = Clusters.of(
                out("x", NodeRole.UNKNOWN, Outage.Reason.ROLE_UNPROVEN),
                in("s", NodeRole.SYNC),
                in("d", NodeRole.LEADER),
                in("t", NodeRole.LEADER));

        // When
        Nobody nobody = (Nobody) balancer.choose(topology, WRITE, Set.of("t"), now);

        // Then
        assertThat(nobody.text())
                .isEqualTo("x: role-unproven, a reason; s: role sync; d: drained; t: could not be connected to");
        assertThat(((Nobody) balancer.choose(Clusters.of(), WRITE, Set.of(), now)).text())
                .isEqualTo("the cluster has no nodes");
        balancer.drain("d", false);
        assertThat(chosen(balancer, topology, WRITE).node().name()).isEqualTo("d");
    }

    @Test
    void leastConnectionsEvensOut() {
        // Given
        Balancer balancer = balancer(Strategy.LEAST_CONNECTIONS);
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            leases.add(session(balancer, THREE, Wish.ANY));
        }
        assertThat(sessions(balancer, THREE)).containsExactly(100, 100, 100);

        // When
        leases.stream().filter(lease -> lease.node().equals("s")).limit(50).forEach(lease -> lease.onEnded(now));

        // Then
        for (int i = 0; i < 50; i++) {
            assertThat(session(balancer, THREE, Wish.ANY).node()).isEqualTo("s");
        }
    }

    @Test
    void whoWaitsForAFullNodeGoesOnInTheOrderOfAsking() {
        // Given
        Balancer balancer = balancer(Strategy.LEAST_CONNECTIONS);
        balancer.sessionsMax(1);
        Topology two = Clusters.of(in("w", NodeRole.LEADER), in("r", NodeRole.ASYNC));
        Lease writer = session(balancer, two, WRITE);
        Lease reader = session(balancer, two, Wish.ANY);
        List<String> told = new ArrayList<>();
        Search first = waiting(balancer, two, WRITE, () -> told.add("first"));
        Search second = waiting(balancer, two, Wish.ANY, () -> told.add("second"));
        Search third = waiting(balancer, two, Wish.ANY, () -> told.add("third"));
        assertThat(told).isEmpty();

        // When
        reader.onEnded(now);
        Search late = new Search(balancer, () -> two, Wish.ANY);

        // Then
        assertThat(told).containsExactly("second");
        assertThat(((Nobody) late.next(now)).isFull()).isTrue();
        assertThat(((Chosen) second.next(now)).node().name()).isEqualTo("r");
        third.giveUp(now);
        writer.onEnded(now);
        assertThat(told).containsExactly("second", "first");
        assertThat(balancer.sessions("w")).isEqualTo(1);
        first.giveUp(now);
        assertThat(sessions(balancer, two)).containsExactly(0, 1);
    }

    @Test
    void whoWaitsHearsWhenNobodyIsLeftToWaitFor() {
        // Given
        Balancer balancer = balancer(Strategy.LEAST_CONNECTIONS);
        balancer.sessionsMax(1);
        Topology one = Clusters.of(in("w", NodeRole.LEADER));
        session(balancer, one, WRITE);
        List<String> told = new ArrayList<>();
        Search search = waiting(balancer, one, WRITE, () -> told.add("told"));

        // When
        balancer.drain("w", true);
        balancer.goOn(now);

        // Then
        assertThat(told).containsExactly("told");
        assertThat(((Nobody) search.next(now)).text()).isEqualTo("w: drained");
    }

    private Search waiting(Balancer balancer, Topology topology, Wish wish, Runnable then) {
        Search search = new Search(balancer, () -> topology, wish);
        assertThat(((Nobody) search.next(now)).isFull()).isTrue();
        search.await(then, now);
        return search;
    }

    @Test
    void countersSurviveAChangeOfTopologyAndOfConfiguration() {
        // Given
        Balancer balancer = balancer(Strategy.LEAST_CONNECTIONS);
        Lease lease = session(balancer, Clusters.of(in("a", NodeRole.LEADER)), Wish.ANY);

        // When
        Topology without = Clusters.of(in("b", NodeRole.LEADER));
        balancer.keepOnly(without);
        balancer.configure(config(Strategy.ROUND_ROBIN));

        // Then
        assertThat(balancer.sessions("a")).isEqualTo(1);
        lease.onEnded(now);
        lease.onEnded(now);
        assertThat(balancer.sessions("a")).isZero();
        balancer.drain("a", true);
        balancer.keepOnly(without);
        assertThat(balancer.isDrained("a")).isTrue();
    }

    @Test
    void roundRobinGoesRound() {
        // Given
        Balancer balancer = balancer(Strategy.ROUND_ROBIN);

        // When
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            order.add(chosen(balancer, THREE, Wish.ANY).node().name());
        }

        // Then
        assertThat(order.subList(0, 3)).containsExactlyInAnyOrder("l", "s", "a");
        assertThat(order.subList(3, 6)).isEqualTo(order.subList(0, 3));
        assertThat(order.subList(6, 9)).isEqualTo(order.subList(0, 3));
    }

    @Test
    void weightsAreExactShares() {
        // Given
        Balancer balancer = new Balancer(
                config(new BalanceConfig(Strategy.WEIGHTED, 1, Map.of("l", 5, "s:5432", 3), 50), null, null),
                new Random(1));

        // When
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 0; i < 900; i++) {
            shares.merge(chosen(balancer, THREE, Wish.ANY).node().name(), 1, Integer::sum);
        }

        // Then
        assertThat(shares).isEqualTo(Map.of("l", 500, "s", 300, "a", 100));
    }

    @Test
    void latencyPrefersTheNearAndTriesTheUnknown() {
        // Given
        Balancer balancer = balancer(Strategy.LATENCY);
        Topology two = Clusters.of(in("far", NodeRole.ASYNC), in("near", NodeRole.ASYNC));
        measure(balancer, "far", 20);
        assertThat(chosen(balancer, two, Wish.ANY).node().name())
                .as("never measured")
                .isEqualTo("near");

        // When
        measure(balancer, "near", 2);

        // Then
        for (int i = 0; i < 9; i++) {
            Node node = chosen(balancer, two, Wish.ANY).node();
            assertThat(node.name()).isEqualTo("near");
            balancer.lease(node, now);
        }
        // Ten times as many there make up for a tenth of the time.
        balancer.lease(chosen(balancer, two, Wish.ANY).node(), now);
        balancer.lease(chosen(balancer, two, Wish.ANY).node(), now);
        assertThat(balancer.sessions("far")).isEqualTo(1);
    }

    @Test
    void ofTwoDrawnTheOneWithFewerIsChosen() {
        // Given
        Balancer balancer = balancer(Strategy.POWER_OF_TWO);
        Topology two = Clusters.of(in("busy", NodeRole.ASYNC), in("idle", NodeRole.ASYNC));
        balancer.lease(in("busy", NodeRole.ASYNC), now);

        // Then
        for (int i = 0; i < 20; i++) {
            assertThat(chosen(balancer, two, Wish.ANY).node().name()).isEqualTo("idle");
        }
    }

    @Test
    void aNodeThatKeepsFailingIsEjectedAndComesBack() {
        // Given
        Balancer balancer = new Balancer(
                config(new BalanceConfig(Strategy.IN_ORDER, 1, Map.of(), 0), Clusters.EJECTION, null), new Random(1));
        chosen(balancer, THREE, Wish.ANY);

        // When
        fail(balancer, "l", 3);

        // Then
        Chosen chosen = chosen(balancer, THREE, Wish.ANY);
        assertThat(chosen.node().name()).isEqualTo("s");
        assertThat(chosen.excluded())
                .containsExactly(new Exclusion("l", Reason.EJECTED, "kept failing, left alone for 10000 ms"));
        now += TimeUnit.SECONDS.toNanos(10);
        assertThat(chosen(balancer, THREE, Wish.ANY).node().name()).isEqualTo("l");
        // Again, and for longer; and not more than half of them.
        fail(balancer, "l", 3);
        fail(balancer, "s", 3);
        now += TimeUnit.SECONDS.toNanos(19);
        assertThat(chosen(balancer, THREE, Wish.ANY).node().name()).isEqualTo("s");
    }

    @Test
    void whenTooFewAreLeftEjectionsAreOverlooked() {
        // Given
        Balancer balancer = new Balancer(
                config(BalanceConfig.of(Strategy.IN_ORDER), Clusters.EJECTION, Clusters.BREAKER), new Random(1));

        // When
        fail(balancer, "l", 4);
        Chosen leader = chosen(balancer, THREE, WRITE);
        Chosen any = chosen(balancer, THREE, Wish.ANY);

        // Then
        assertThat(leader.node().name()).as("the only one with the role").isEqualTo("l");
        assertThat(leader.panic()).isTrue();
        assertThat(any.node().name()).isEqualTo("s");
        assertThat(any.panic()).isFalse();
    }

    @Test
    void newSettingsBeginAnew() {
        // Given
        BalanceConfig never = new BalanceConfig(Strategy.IN_ORDER, 1, Map.of(), 0);
        Balancer balancer = new Balancer(config(never, Clusters.EJECTION, null), new Random(1));
        fail(balancer, "l", 3);

        // Then
        assertThat(chosen(balancer, THREE, Wish.ANY).node().name()).isEqualTo("s");
        balancer.configure(config(never, Clusters.EJECTION, null));
        assertThat(chosen(balancer, THREE, Wish.ANY).node().name()).isEqualTo("s");
        balancer.configure(config(never, null, Clusters.BREAKER));
        assertThat(chosen(balancer, THREE, Wish.ANY).node().name()).isEqualTo("l");
    }

    private static Balancer balancer(Strategy strategy) {
        return new Balancer(config(strategy), new Random(1));
    }

    private Chosen chosen(Balancer balancer, Topology topology, Wish wish) {
        return (Chosen) balancer.choose(topology, wish, Set.of(), now);
    }

    private Lease session(Balancer balancer, Topology topology, Wish wish) {
        Lease lease = balancer.lease(chosen(balancer, topology, wish).node(), now);
        lease.onConnected(now);
        return lease;
    }

    private void measure(Balancer balancer, String name, long millis) {
        Lease lease = balancer.lease(in(name, NodeRole.ASYNC), now);
        now += TimeUnit.MILLISECONDS.toNanos(millis);
        lease.onConnected(now);
        lease.onEnded(now);
    }

    private void fail(Balancer balancer, String name, int times) {
        for (int i = 0; i < times; i++) {
            balancer.lease(in(name, NodeRole.ASYNC), now).onFailed(now);
        }
    }

    private static List<Integer> sessions(Balancer balancer, Topology topology) {
        return topology.nodes().stream().map(Node::name).map(balancer::sessions).toList();
    }
}
