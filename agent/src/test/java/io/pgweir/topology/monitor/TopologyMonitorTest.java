package io.pgweir.topology.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ClusterConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.topology.Answer;
import io.pgweir.topology.Answer.Silent;
import io.pgweir.topology.Answer.Told;
import io.pgweir.topology.Answer.Why;
import io.pgweir.topology.Finding;
import io.pgweir.topology.Finding.Away;
import io.pgweir.topology.Finding.Found;
import io.pgweir.topology.Member;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeAsker;
import io.pgweir.topology.NodeFinder;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.Topology;
import io.pgweir.topology.Transition;
import io.pgweir.topology.Transition.Kind;
import io.pgweir.topology.monitor.TopologyMonitor.Parts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TopologyMonitorTest {
    private static final HostPort A = new HostPort("a", 1);
    private static final HostPort B = new HostPort("b", 2);

    private final AtomicLong now = new AtomicLong();
    private final Telemetry telemetry = new Telemetry();
    private final ConcurrentLinkedQueue<Transition> transitions = new ConcurrentLinkedQueue<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private volatile Finding finding = new Found(List.of(Member.at(A), Member.at(B)), List.of());
    private volatile CountDownLatch asking = new CountDownLatch(0);
    private volatile CountDownLatch mayAnswer = new CountDownLatch(0);
    private TopologyMonitor monitor;

    @BeforeEach
    void start() {
        answers.put("a:1", told(false, 1));
        answers.put("b:2", told(true, 1));
        monitor = new TopologyMonitor(
                "c",
                new ClusterConfig(List.of(A, B), ServerTlsConfig.DEFAULT, Duration.ofSeconds(1)),
                new Parts(new Finder(), false, new Asker(), Duration.ofDays(1)),
                new Clock(),
                telemetry);
        monitor.listen((changes, topology) -> transitions.addAll(changes));
        monitor.start();
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        monitor.close();
    }

    @Test
    void aPollPublishesAndTells() throws Exception {
        // When
        Topology topology = poll();

        // Then
        assertThat(topology).isSameAs(monitor.current());
        assertThat(Objects.requireNonNull(topology.leader()).name()).isEqualTo("a:1");
        assertThat(transitions).extracting(Transition::kind).contains(Kind.LEADER, Kind.ROLE);
        assertThat(transitions).allSatisfy(one -> assertThat(one.cluster()).isEqualTo("c"));
    }

    @Test
    void whatDoesNotChangeIsNotTold() throws Exception {
        // Given
        poll();
        transitions.clear();

        // When
        poll();

        // Then
        assertThat(transitions).isEmpty();
    }

    @Test
    void whenNobodyIsHeardTheLastTopologyStandsAndGrowsOld() throws Exception {
        // Given
        poll();
        transitions.clear();

        // When
        now.addAndGet(TimeUnit.SECONDS.toNanos(7));
        Silent gone = new Silent(Why.UNREACHABLE, "connection refused");
        answers.put("a:1", gone);
        answers.put("b:2", gone);
        Topology topology = poll();

        // Then
        assertThat(Objects.requireNonNull(topology.leader()).name()).isEqualTo("a:1");
        assertThat(telemetry.labelled(Metric.TOPOLOGY_AGE)).isEqualTo(Map.of("c", 7_000_000_000L));
        assertThat(topology.away()).contains("a:1: sql: connection refused");
        assertThat(transitions).extracting(Transition::kind).containsExactly(Kind.AWAY);
        answers.put("a:1", told(false, 1));
        poll();
        assertThat(transitions).extracting(Transition::kind).contains(Kind.BACK);
        assertThat(telemetry.labelled(Metric.TOPOLOGY_AGE)).isEqualTo(Map.of("c", 0L));
        assertThat(telemetry.labelled(Metric.TOPOLOGY_NODES_OUT)).isEqualTo(Map.of("c", 1L));
    }

    @Test
    void lagIsAMetricOfEachNodeOfWhichItIsKnown() throws Exception {
        // Given
        poll();
        assertThat(telemetry.series(Metric.TOPOLOGY_LAG_BYTES)).containsEntry(List.of("c", "a:1"), 0L);

        // When
        answers.put("a:1", new Silent(Why.UNREACHABLE, "connection refused"));
        answers.put("b:2", told(false, 2));
        finding = new Found(List.of(Member.at(B)), List.of());
        poll();

        // Then
        assertThat(telemetry.series(Metric.TOPOLOGY_LAG_BYTES)).containsOnlyKeys(List.of("c", "b:2"));
        monitor.close();
        assertThat(telemetry.series(Metric.TOPOLOGY_LAG_BYTES)).isEmpty();
    }

    @Test
    void aFinderThatIsAwayLeavesItsNodesAndTheyAreAskedOn() throws Exception {
        // Given
        poll();

        // When
        finding = new Away("patroni: all away");
        answers.put("a:1", told(true, 1));
        answers.put("b:2", told(false, 2));
        Topology topology = poll();

        // Then
        assertThat(Objects.requireNonNull(topology.leader()).name()).isEqualTo("b:2");
        assertThat(topology.away()).containsExactly("patroni: all away");
    }

    @Test
    void aLeaderThatToldASessionItIsNoneIsOutAtOnce() throws Exception {
        // Given
        poll();

        // When
        asking = new CountDownLatch(1);
        mayAnswer = new CountDownLatch(1);
        monitor.onServerSaid("a:1", true);

        // Then
        Node demoted = Objects.requireNonNull(monitor.current().node("a:1"));
        assertThat(demoted.isIn()).isFalse();
        assertThat(demoted.role()).isEqualTo(NodeRole.UNKNOWN);
        asking.await();
        // The poll that this caused finds out what it is.
        answers.put("a:1", told(true, 1));
        answers.put("b:2", told(false, 2));
        mayAnswer.countDown();
        assertThat(Objects.requireNonNull(poll().leader()).name()).isEqualTo("b:2");
    }

    /** The poll had asked the servers before one of them said something else to a session. */
    @Test
    void whatASessionWasToldCountsForMoreThanAPollUnderWay() throws Exception {
        // Given
        poll();
        asking = new CountDownLatch(1);
        mayAnswer = new CountDownLatch(1);
        var underWay = monitor.pollNow();
        asking.await();

        // When
        monitor.onServerSaid("a:1", true);
        mayAnswer.countDown();

        // Then
        assertThat(underWay.get().leader()).isNull();
        assertThat(Objects.requireNonNull(poll().leader()).name())
                .as("still so at the next poll")
                .isEqualTo("a:1");
    }

    @Test
    void whatIsKnownAlreadyCausesNoPoll() throws Exception {
        // Given
        poll();
        long polls = polls();

        // When
        monitor.onServerSaid("a:1", false);
        monitor.onServerSaid("b:2", true);
        monitor.onServerSaid("nobody", true);

        // Then
        assertThat(poll().leader()).isNotNull();
        assertThat(polls()).isEqualTo(polls + 1);
    }

    @Test
    void aListenerThatFailsHarmsNobody() throws Exception {
        // Given
        monitor.listen((changes, topology) -> {
            throw new IllegalStateException("on purpose");
        });
        poll();
        transitions.clear();

        // When
        answers.put("b:2", new Silent(Why.UNREACHABLE, "gone"));
        poll();

        // Then
        assertThat(transitions).extracting(Transition::kind).containsExactly(Kind.OUT);
    }

    @Test
    void afterTheEndNothingIsWaitedFor() {
        // When
        monitor.close();

        // Then
        assertThat(monitor.pollNow()).isCancelled();
        assertThat(monitor.current().nodes()).hasSize(2);
    }

    private Topology poll() throws Exception {
        return monitor.pollNow().get();
    }

    private long polls() {
        return telemetry.snapshot().getOrDefault(Metric.TOPOLOGY_POLLS, 0L);
    }

    private static Told told(boolean inRecovery, int timeline) {
        return new Told(inRecovery, timeline, "7", 100, inRecovery, -1, Map.of(), null);
    }

    private final class Finder implements NodeFinder {
        @Override
        public Finding find() {
            return finding;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private final class Asker implements NodeAsker {
        @Override
        public Map<String, Answer> ask(List<Member> members) throws InterruptedException {
            Map<String, Answer> said = Map.copyOf(answers);
            if (asking.getCount() > 0) {
                asking.countDown();
                mayAnswer.await();
                return Map.copyOf(answers);
            }
            return said;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private final class Clock implements MonitorClock {
        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(now.get());
        }
    }
}
