package io.pgweir.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgweir.config.BalanceConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.LagConfig;
import io.pgweir.config.LagConfig.Unknown;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.PatroniConfig;
import io.pgweir.config.SecretConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.lab.PatroniCluster;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A real Patroni, where one is installed: seen with a monitor's login, and by Patroni's own figures alone. */
@Timeout(300)
class PatroniIT {
    private static final LagConfig LIMITS = new LagConfig(4 << 20, null, Unknown.EXCLUDE, Duration.ofSeconds(1));

    private static @Nullable PatroniCluster patroni;

    private final Queue<Transition> transitions = new ConcurrentLinkedQueue<>();

    @TempDir
    Path directory;

    private TopologyMonitor asking;
    private TopologyMonitor trusting;

    @BeforeAll
    static void start() {
        boolean installed = PatroniCluster.installed().isPresent();
        if (!installed) {
            LoggerFactory.getLogger(PatroniIT.class)
                    .error("NO REAL PATRONI IS TESTED: patroni, etcd or postgresql is not installed");
        }
        assumeTrue(installed, "patroni, etcd-server and postgresql of Debian are not installed");
        patroni = PatroniCluster.start();
    }

    @AfterAll
    static void end() {
        if (patroni != null) {
            patroni.close();
        }
    }

    @BeforeEach
    void watch() throws IOException {
        Path password = Files.writeString(directory.resolve("pw"), "pw");
        asking = monitor(new MonitorConfig(
                "postgres",
                new SecretConfig(password, null),
                "postgres",
                Duration.ofMillis(200),
                Duration.ofSeconds(10)));
        trusting = monitor(null);
        asking.listen((changes, topology) -> transitions.addAll(changes));
        asking.start();
        trusting.start();
        until(asking, PatroniIT::isWhole);
        until(trusting, PatroniIT::isWhole);
    }

    @AfterEach
    void close() {
        asking.close();
        trusting.close();
    }

    private static TopologyMonitor monitor(@Nullable MonitorConfig monitor) throws IOException {
        ClusterConfig config = new ClusterConfig(
                List.of(),
                new PatroniConfig(cluster().urls(), Duration.ofMillis(200), Duration.ofSeconds(10), null, null, null),
                null,
                new ServerTlsConfig(
                        ServerTlsConfig.Mode.DISABLE, ServerTlsConfig.Negotiation.POSTGRES, null, null, null),
                Duration.ofSeconds(5),
                monitor,
                LIMITS,
                BalanceConfig.of(BalanceConfig.Strategy.LEAST_CONNECTIONS),
                null,
                null,
                DrainConfig.DEFAULT);
        return Monitors.of("lab", config, MonitorClock.SYSTEM, new Telemetry()).orElseThrow();
    }

    /** Two take sessions, the third is hidden by its tag where it does not lead. */
    private static boolean isWhole(Topology topology) {
        Node leader = topology.leader();
        return leader != null
                && topology.nodes().size() == PatroniCluster.MEMBERS
                && topology.nodes().stream()
                        .allMatch(node -> node.isIn()
                                || Objects.requireNonNull(node.outage()).reason() == Reason.NO_LOAD_BALANCE);
    }

    @Test
    void whatIsReceivedAndNotReplayedIsLagForBoth() {
        // Given
        int leader = member(Objects.requireNonNull(asking.current().leader()));
        int standby = leader == 0 ? 1 : 0;

        // When
        cluster().freezeReplay(standby, true);
        cluster().query(leader, "create table t as select generate_series(1, 300000)");

        // Then
        try {
            for (TopologyMonitor monitor : List.of(asking, trusting)) {
                Node lagging = Objects.requireNonNull(
                        until(monitor, now -> !node(now, standby).isIn()).node("n" + standby));
                assertThat(Objects.requireNonNull(lagging.outage()).reason()).isEqualTo(Reason.LAG);
                assertThat(lagging.lag().bytes()).isGreaterThan(4 << 20);
            }
        } finally {
            cluster().freezeReplay(standby, false);
        }
        cluster().query(leader, "drop table t");
        until(asking, PatroniIT::isWhole);
        until(trusting, PatroniIT::isWhole);
    }

    @Test
    void aSwitchoverIsFollowedAndTheDemotedNeverLeadsAgain() {
        // Given
        Node before = Objects.requireNonNull(asking.current().leader());
        int from = member(before);
        int to = from == 0 ? 1 : 0;
        transitions.clear();

        // When
        cluster().switchover(from, to);

        // Then
        for (TopologyMonitor monitor : List.of(asking, trusting)) {
            Topology after = until(
                    monitor,
                    now -> isWhole(now)
                            && Objects.requireNonNull(now.leader()).name().equals("n" + to));
            assertThat(Objects.requireNonNull(after.leader()).timeline()).isGreaterThan(before.timeline());
        }
        List<Transition> leaders = transitions.stream()
                .filter(change -> change.kind() == Kind.LEADER)
                .toList();
        assertThat(leaders)
                .extracting(Transition::to)
                .doesNotContain("n" + from)
                .endsWith("n" + to);
        assertThat(leaders.getLast().evidence())
                .anyMatch(line -> line.startsWith("n" + to + ": patroni: LEADER, running, timeline "))
                .anyMatch(line -> line.startsWith("n" + to + ": sql: in_recovery=false, timeline "));
    }

    private static PatroniCluster cluster() {
        return Objects.requireNonNull(patroni);
    }

    private static int member(Node node) {
        return Integer.parseInt(node.name().substring(1));
    }

    private static Node node(Topology topology, int member) {
        return Objects.requireNonNull(topology.node("n" + member));
    }

    private static Topology until(TopologyMonitor monitor, Predicate<Topology> condition) {
        return await().atMost(Duration.ofMinutes(2)).until(monitor::current, condition);
    }
}
