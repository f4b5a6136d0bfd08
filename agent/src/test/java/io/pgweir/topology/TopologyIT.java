package io.pgweir.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.config.BalanceConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.LagConfig;
import io.pgweir.config.LagConfig.Unknown;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.SecretConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.lab.PgServer;
import io.pgweir.routing.Balancer;
import io.pgweir.routing.Choice;
import io.pgweir.routing.Search;
import io.pgweir.routing.Wish;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.topology.Outage.Reason;
import io.pgweir.topology.Transition.Kind;
import io.pgweir.topology.monitor.MonitorClock;
import io.pgweir.topology.monitor.Monitors;
import io.pgweir.topology.monitor.TopologyMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real primary with two streaming standbys, asked with a login that has no privileges beyond {@code pg_monitor}. */
@Timeout(180)
class TopologyIT {
    private static final Wish WRITE = new Wish(List.of(Role.LEADER), List.of());
    private static final Wish READ = new Wish(List.of(Role.SYNC, Role.ASYNC), List.of(Role.LEADER));

    private static Trio shared;

    private final Queue<Transition> transitions = new ConcurrentLinkedQueue<>();

    @TempDir
    Path directory;

    private Trio servers;
    private @Nullable TopologyMonitor monitor;

    /** A primary, a standby that it waits for, and another. */
    private record Trio(PgServer primary, PgServer one, PgServer two) implements AutoCloseable {
        static Trio start(int major) {
            PgServer primary = PgServer.builder()
                    .major(major)
                    .hba("host all weir all scram-sha-256", "host all plain all trust")
                    .setting("synchronous_standby_names", "one")
                    .setting("synchronous_commit", "local")
                    .start();
            primary.query("create role weir login password 'hush' in role pg_monitor");
            primary.query("create role plain login");
            primary.query("create table t(i int)");
            return new Trio(primary, primary.replica("one"), primary.replica("two"));
        }

        @Override
        public void close() {
            two.close();
            one.close();
            primary.close();
        }
    }

    @BeforeAll
    static void startServers() {
        shared = Trio.start(18);
    }

    @AfterAll
    static void stopServers() {
        shared.close();
    }

    @BeforeEach
    void writePassword() throws IOException {
        Files.writeString(directory.resolve("s"), "hush\n");
        servers = shared;
    }

    @AfterEach
    void stop() {
        if (monitor != null) {
            monitor.close();
        }
        if (!servers.equals(shared)) {
            servers.close();
        }
    }

    private void watch(Trio watched, @Nullable LagConfig lag) throws IOException {
        servers = watched;
        monitor = monitor(lag, "weir", new SecretConfig(directory.resolve("s"), null));
        monitor.listen((changes, topology) -> transitions.addAll(changes));
        monitor.start();
    }

    private TopologyMonitor monitor(@Nullable LagConfig lag, String user, @Nullable SecretConfig password)
            throws IOException {
        return Monitors.of("orders", config(lag, user, password), MonitorClock.SYSTEM, new Telemetry())
                .orElseThrow();
    }

    private ClusterConfig config(@Nullable LagConfig lag, String user, @Nullable SecretConfig password) {
        return new ClusterConfig(
                List.of(at(servers.primary), at(servers.one), at(servers.two)),
                null,
                null,
                new ServerTlsConfig(
                        ServerTlsConfig.Mode.PREFER, ServerTlsConfig.Negotiation.POSTGRES, null, null, null),
                Duration.ofSeconds(5),
                new MonitorConfig(user, password, "postgres", Duration.ofMillis(100), Duration.ofSeconds(10)),
                lag,
                BalanceConfig.of(BalanceConfig.Strategy.LEAST_CONNECTIONS),
                null,
                null,
                DrainConfig.DEFAULT);
    }

    /** Of the oldest version that is supported: the shared servers are of the newest. */
    @Test
    void rolesTimelineAndPositionAreTheServersOwnAndALeaderThatDiesIsOut() throws Exception {
        // Given
        watch(Trio.start(14), null);
        servers.primary.query("insert into t select generate_series(1, 1000)");

        // When
        Topology topology = until(now -> node(now, servers.two).lag().bytes() == 0
                && node(now, servers.two).lag().bytesFrom() == Lag.Source.SQL
                && node(now, servers.one).role() == NodeRole.SYNC);

        // Then
        assertThat(node(topology, servers.primary))
                .returns(NodeRole.LEADER, Node::role)
                .returns(NodeState.RUNNING, Node::state)
                .returns(1, Node::timeline)
                .returns(Lag.NONE, Node::lag);
        assertThat(node(topology, servers.two))
                .returns(NodeRole.ASYNC, Node::role)
                .returns(NodeState.STREAMING, Node::state)
                .returns(1, Node::timeline);
        assertThat(topology.systemIdentifier())
                .isEqualTo(servers.primary.query("select system_identifier from pg_control_system()"));
        assertThat(topology.nodes()).allMatch(Node::isIn);
        servers.primary.close();
        Topology headless = until(now -> now.leader() == null);
        assertThat(Objects.requireNonNull(node(headless, servers.primary).outage())
                        .reason())
                .isEqualTo(Reason.UNREACHABLE);
        assertThat(node(headless, servers.one)).matches(Node::isIn);
        assertThat(((Choice.Chosen) search(READ).next(0)).fallback()).isFalse();
    }

    @Test
    void aPausedReplayIsLagAndItsEndIsTheWayBack() throws Exception {
        // Given
        watch(shared, new LagConfig(1 << 20, Duration.ofSeconds(60), Unknown.EXCLUDE, Duration.ofMillis(500)));
        until(now -> now.leader() != null && now.nodes().stream().allMatch(Node::isIn));
        transitions.clear();

        // When
        servers.two.query("select pg_wal_replay_pause()");
        servers.primary.query("insert into t select generate_series(1, 100000)");
        Topology lagging = until(
                now -> !node(now, servers.two).isIn() && node(now, servers.one).isIn());

        // Then
        Node node = node(lagging, servers.two);
        assertThat(Objects.requireNonNull(node.outage()).reason()).isEqualTo(Reason.LAG);
        assertThat(node.lag().bytes()).isGreaterThan(1 << 20);
        assertThat(node.lag().nanos()).isPositive().isLessThan(TimeUnit.SECONDS.toNanos(60));
        Search search = search(READ);
        assertThat(((Choice.Chosen) search.next(0)).node().name())
                .isEqualTo(at(servers.one).toString());
        servers.two.query("select pg_wal_replay_resume()");
        until(now -> node(now, servers.two).isIn());
        assertThat(transitions.stream()
                        .filter(change -> change.kind() == Kind.IN
                                && at(servers.two).toString().equals(change.node())))
                .hasSize(1);
    }

    @Test
    void anIdleLeaderMakesNoStandbyLate() throws Exception {
        // Given
        watch(shared, new LagConfig(0, Duration.ofSeconds(4), Unknown.EXCLUDE, Duration.ZERO));
        servers.primary.query("insert into t values (1)");
        until(now -> now.leader() != null && now.nodes().stream().allMatch(Node::isIn));
        // The first look of all knows of no time: nothing was replayed yet, and the leader was nowhere before.
        transitions.clear();

        // When: nothing is committed for longer than the limit, and WAL is written all the same
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (System.nanoTime() < until) {
            servers.primary.query("select pg_create_restore_point('idle')");
            running().pollNow().get();
        }

        // Then
        assertThat(transitions.stream().filter(change -> change.kind() == Kind.OUT))
                .isEmpty();
    }

    @Test
    void aPromotionIsATransitionWithItsEvidenceAndTheOldLeaderGetsNobody() throws Exception {
        // Given
        watch(Trio.start(18), null);
        until(now -> now.leader() != null);
        transitions.clear();

        // When: both take writes from now on
        servers.one.promote();
        Topology promoted = until(now -> now.leader() != null
                && now.leader().name().equals(at(servers.one).toString()));

        // Then
        Node old = node(promoted, servers.primary);
        assertThat(Objects.requireNonNull(old.outage()).reason()).isEqualTo(Reason.ROLE_UNPROVEN);
        assertThat(old.outage().text()).isEqualTo("on timeline 1 of a cluster on 2");
        assertThat(node(promoted, servers.one).timeline()).isEqualTo(2);
        Transition leader = transitions.stream()
                .filter(change -> change.kind() == Kind.LEADER
                        && change.to().equals(at(servers.one).toString()))
                .findFirst()
                .orElseThrow();
        assertThat(leader.evidence()).anyMatch(line -> line.contains("in_recovery=false, timeline 2, system "));
        assertThat(((Choice.Chosen) search(WRITE).next(0)).node().name())
                .isEqualTo(at(servers.one).toString());
        // The new leader dies; the old one is still there, takes writes, and is not believed.
        servers.one.close();
        Topology headless = until(now -> !node(now, servers.one).isIn());
        assertThat(headless.leader()).isNull();
        assertThat(search(WRITE).next(0)).isInstanceOf(Choice.Nobody.class);
    }

    @Test
    void withoutPrivilegesRolesAreKnownAllTheSame() throws Exception {
        // Given
        watch(shared, null);

        // When
        try (TopologyMonitor other = monitor(null, "plain", null)) {
            other.start();
            Topology topology = other.pollNow().get();

            // Then
            assertThat(node(topology, servers.primary).role()).isEqualTo(NodeRole.LEADER);
            assertThat(node(topology, servers.one).role())
                    .as("who is synchronous it may not see")
                    .isEqualTo(NodeRole.ASYNC);
        }
    }

    /** The monitor's password is changed under it: nobody is put out for that. */
    @Test
    void aLoginThatIsRefusedLeavesTheLastTopology() throws Exception {
        // Given
        watch(shared, null);
        until(now -> now.leader() != null);

        // When
        Files.writeString(directory.resolve("s"), "other\n");
        servers.primary.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'weir'");
        Topology topology = until(now -> !now.away().isEmpty());

        // Then
        assertThat(Objects.requireNonNull(topology.leader()).name())
                .isEqualTo(at(servers.primary).toString());
        assertThat(topology.away()).singleElement().asString().contains("28P01");
        Files.writeString(directory.resolve("s"), "hush\n");
        until(now -> now.away().isEmpty());
    }

    private Search search(Wish wish) {
        return new Search(new Balancer(config(null, "weir", null), new Random(1)), running()::current, wish);
    }

    private Topology until(Predicate<Topology> condition) {
        return await().atMost(Duration.ofSeconds(60)).until(running()::current, condition);
    }

    private TopologyMonitor running() {
        return Objects.requireNonNull(monitor);
    }

    private static HostPort at(PgServer server) {
        return new HostPort(server.host(), server.port());
    }

    private static Node node(Topology topology, PgServer server) {
        return Objects.requireNonNull(topology.node(at(server).toString()));
    }
}
