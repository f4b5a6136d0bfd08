package io.pgweir.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.HostPort;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.topology.Lag;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.NodeState;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Outage.Reason;
import io.pgweir.topology.Topology;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DepartureTest {
    private static final Map<String, Wish> WISHES = Map.of(
            "any", Wish.ANY,
            "write", new Wish(List.of(Role.LEADER), List.of()),
            "read", new Wish(List.of(Role.SYNC, Role.ASYNC), List.of()),
            "read-or-leader", new Wish(List.of(Role.SYNC, Role.ASYNC), List.of(Role.LEADER)));

    private static Node node(NodeRole role, @Nullable Reason out) {
        Outage outage = out == null ? null : new Outage(out, "a reason", Instant.EPOCH);
        return new Node(
                "n", new HostPort("h", 1), null, role, NodeState.RUNNING, 1, "s", Lag.UNKNOWN, Map.of(), outage);
    }

    private static @Nullable String why(Wish wish, Node was, Node... now) {
        Topology topology = new Topology("c", List.of(now), "s", 0, Instant.EPOCH, List.of());
        Departure departure = Departure.of(topology, was, wish, true);
        return departure == null ? null : departure.text();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "write, LEADER, LEADER, -, -",
                "write, LEADER, LEADER, UNREACHABLE, -",
                "write, LEADER, UNKNOWN, NOT_SERVING, -",
                "write, LEADER, UNKNOWN, ROLE_UNPROVEN, leads no more: a reason",
                "write, LEADER, ASYNC, -, is async now",
                "read, ASYNC, SYNC, -, -",
                "read, ASYNC, UNKNOWN, ROLE_UNPROVEN, -",
                "read, ASYNC, LEADER, -, is leader now",
                "read, ASYNC, ASYNC, LAG, 'is out: lag, a reason'",
                "read, ASYNC, ASYNC, LAG_UNKNOWN, -",
                "read, ASYNC, ASYNC, NO_LOAD_BALANCE, -",
                "read-or-leader, ASYNC, LEADER, -, -",
                "any, UNKNOWN, LEADER, -, -",
                "any, UNKNOWN, ASYNC, LAG, 'is out: lag, a reason'",
                "any, LEADER, UNKNOWN, FOREIGN, 'is out: foreign, a reason'",
            })
    void whoStaysAndWhoGoes(String wish, NodeRole was, NodeRole is, @Nullable Reason out, @Nullable String expected) {
        // When
        String why = why(Objects.requireNonNull(WISHES.get(wish)), node(was, null), node(is, out));
        // Then
        assertThat(why).isEqualTo(expected);
    }

    @Test
    void whoIsGoneOrElsewhereHasNoSessions() {
        // Given
        Node was = Node.at(new HostPort("h", 1));
        Node elsewhere = new Node(
                was.name(), new HostPort("h", 2), null, was.role(), was.state(), 0, null, Lag.UNKNOWN, Map.of(), null);
        // When, Then
        assertThat(why(Wish.ANY, was)).isEqualTo("is no member any more");
        assertThat(why(Wish.ANY, was, elsewhere)).isEqualTo("has another address");
    }
}
