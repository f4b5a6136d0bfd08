package io.pgweir.topology.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.HostPort;
import io.pgweir.config.LagConfig;
import io.pgweir.config.LagConfig.Unknown;
import io.pgweir.topology.Answer;
import io.pgweir.topology.Answer.Silent;
import io.pgweir.topology.Answer.Told;
import io.pgweir.topology.Answer.Why;
import io.pgweir.topology.Claim;
import io.pgweir.topology.Lag;
import io.pgweir.topology.Lag.Source;
import io.pgweir.topology.Member;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.NodeState;
import io.pgweir.topology.Outage.Reason;
import io.pgweir.topology.Topology;
import io.pgweir.topology.Transition;
import io.pgweir.topology.Transition.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JudgeTest {
    private static final String SYSTEM = "7710422893640013110";
    private static final LagConfig LIMITS =
            new LagConfig(1000, Duration.ofSeconds(5), Unknown.EXCLUDE, Duration.ofSeconds(10));

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Answer> answers = new LinkedHashMap<>();
    private boolean fresh = true;
    private long second;
    private Topology topology = new Topology("c", List.of(), null, 0, Instant.EPOCH, List.of());
    private List<Transition> transitions = List.of();

    @Test
    void withoutPatroniTheServersSayWhoLeads() {
        // Given
        Judge judge = asked();
        listed("a", "b");

        // When
        round(judge, Map.of("a", primary(1, 500), "b", standby(1, 500)));

        // Then
        assertThat(node("a"))
                .matches(Node::isIn)
                .returns(NodeRole.LEADER, Node::role)
                .returns(Lag.NONE, Node::lag);
        assertThat(node("b")).matches(Node::isIn).returns(NodeRole.ASYNC, Node::role);
        assertThat(node("b").state()).isEqualTo(NodeState.STREAMING);
        assertThat(topology.systemIdentifier()).isEqualTo(SYSTEM);
        assertThat(kinds()).contains("a LEADER", "a ROLE", "b NODE_ADDED");
    }

    @Test
    void aPromotionIsTheHigherTimeline() {
        // Given
        Judge judge = asked();
        listed("a", "b");
        round(judge, Map.of("a", primary(1, 500), "b", standby(1, 500)));

        // When
        round(judge, Map.of("a", primary(1, 600), "b", primary(2, 550)));

        // Then
        assertThat(leaderName()).isEqualTo("b");
        assertThat(reason("a")).isEqualTo(Reason.ROLE_UNPROVEN);
        assertThat(text("a")).isEqualTo("on timeline 1 of a cluster on 2");
        Transition leader = only(Kind.LEADER);
        assertThat(leader.from()).isEqualTo("a");
        assertThat(leader.to()).isEqualTo("b");
        assertThat(leader.evidence())
                .containsExactly(
                        "a: sql: in_recovery=false, timeline 1, system " + SYSTEM,
                        "b: sql: in_recovery=false, timeline 2, system " + SYSTEM);
    }

    /** The new leader cannot be seen, the old one is back and takes writes. */
    @Test
    void aDeposedLeaderIsNotBelievedForWantOfAnother() {
        // Given
        Judge judge = asked();
        listed("a", "b");
        round(judge, Map.of("a", primary(1, 500), "b", standby(1, 500)));
        round(judge, Map.of("a", gone(), "b", primary(2, 550)));
        assertThat(leaderName()).isEqualTo("b");

        // When
        round(judge, Map.of("a", primary(1, 600), "b", gone()));

        // Then
        assertThat(leaderName()).isNull();
        assertThat(reason("a")).isEqualTo(Reason.ROLE_UNPROVEN);
        assertThat(reason("b")).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void aNodeThatWasPromotedByMistakeAndMadeAnewDisputesNothing() {
        // Given
        Judge judge = asked();
        listed("a", "b");
        round(judge, Map.of("a", primary(1, 500), "b", primary(2, 500)));
        assertThat(leaderName()).isEqualTo("b");

        // When
        round(judge, Map.of("a", primary(1, 600), "b", standby(1, 600)));

        // Then
        assertThat(leaderName()).isEqualTo("a");
    }

    @Test
    void ofTwoOnOneTimelineTheOneThatLedStaysAndANewcomerIsOut() {
        // Given
        Judge judge = asked();
        listed("a", "b");
        round(judge, Map.of("a", primary(1, 1), "b", primary(1, 1)));
        assertThat(leaderName()).as("nobody led before").isNull();
        round(judge, Map.of("a", standby(1, 1), "b", primary(1, 1)));

        // When
        round(judge, Map.of("a", primary(1, 1), "b", primary(1, 1)));

        // Then
        assertThat(leaderName()).isEqualTo("b");
        assertThat(text("a")).isEqualTo("another node leads as well, on timeline 1");
    }

    @Test
    void anotherClustersDataIsForeign() {
        // Given
        Judge judge = asked();
        listed("a", "b");
        round(judge, Map.of("a", primary(1, 1), "b", standby(1, 1)));

        // When
        round(judge, Map.of("a", primary(1, 1), "b", new Told(false, 9, "1", 5, false, -1, Map.of(), null)));

        // Then
        assertThat(leaderName()).isEqualTo("a");
        assertThat(reason("b")).isEqualTo(Reason.FOREIGN);
        assertThat(text("b")).isEqualTo("system identifier 1 (expected: " + SYSTEM + ")");
    }

    @Test
    void aClusterThatWasMadeAnewIsAnotherOne() {
        // Given
        Judge judge = asked();
        listed("a");
        round(judge, Map.of("a", primary(7, 1)));

        // When
        round(judge, Map.of("a", new Told(false, 1, "1", 5, false, -1, Map.of(), null)));

        // Then
        assertThat(leaderName()).isEqualTo("a");
        assertThat(only(Kind.IDENTITY).to()).isEqualTo("1");
    }

    @Test
    void aServerThatDoesNotTalkToTheMonitorIsWhatItWas() {
        // Given
        Judge judge = asked();
        listed("a", "b");
        round(judge, Map.of("a", primary(1, 1), "b", standby(1, 1)));

        // When
        Silent blind = new Silent(Why.BLIND, "password authentication failed (28P01)");
        round(judge, Map.of("a", blind, "b", blind));

        // Then
        assertThat(leaderName()).isEqualTo("a");
        assertThat(node("b").role()).isEqualTo(NodeRole.ASYNC);
    }

    @Test
    void aServerThatStartsIsOut() {
        // Given
        Judge judge = asked();
        listed("a");

        // When
        round(judge, Map.of("a", new Silent(Why.NOT_READY, "the database system is starting up (57P03)")));

        // Then
        assertThat(reason("a")).isEqualTo(Reason.NOT_SERVING);
        assertThat(node("a").state()).isEqualTo(NodeState.STARTING);
    }

    @Test
    void theLeaderSaysWhoIsSynchronous() {
        // Given
        Judge judge = asked();
        listed("a", "b", "c");
        Told leader = new Told(false, 1, SYSTEM, 5, false, -1, Map.of("s1", true, "s2", false), null);

        // When
        round(
                judge,
                Map.of(
                        "a", leader,
                        "b", new Told(true, 1, SYSTEM, 5, true, 0, Map.of(), "s1"),
                        "c", new Told(true, 1, SYSTEM, 5, true, 0, Map.of(), "s2")));

        // Then
        assertThat(node("b").role()).isEqualTo(NodeRole.SYNC);
        assertThat(node("c").role()).isEqualTo(NodeRole.ASYNC);
    }

    @Test
    void lagIsOutAtOnceAndBackAfterItsTime() {
        // Given
        Judge judge = new Judge("c", false, true, LIMITS);
        listed("a", "b");
        round(judge, Map.of("a", primary(1, 500), "b", standby(1, 500)));
        assertThat(node("b")).matches(Node::isIn);

        // When
        round(judge, Map.of("a", primary(1, 2000), "b", standby(1, 500)));

        // Then
        assertThat(reason("b")).isEqualTo(Reason.LAG);
        assertThat(text("b")).isEqualTo("lag 1500 bytes (max 1000), 3000 ms (max 5000)");
        assertThat(node("b").lag()).isEqualTo(new Lag(1500, Source.SQL, TimeUnit.SECONDS.toNanos(3), Source.SQL));
        Instant since = Objects.requireNonNull(node("b").outage()).since();
        round(judge, Map.of("a", primary(1, 2000), "b", standby(1, 2000)));
        assertThat(text("b")).endsWith("back after 10000 ms well under");
        assertThat(Objects.requireNonNull(node("b").outage()).since()).isEqualTo(since);
        assertThat(transitions).isEmpty();
        for (int i = 0; i < 4; i++) {
            round(judge, Map.of("a", primary(1, 2000), "b", standby(1, 2000)));
        }
        assertThat(node("b")).matches(Node::isIn);
        assertThat(kinds()).containsExactly("b IN");
    }

    @Test
    void anIdleLeaderFoolsNobody() {
        // Given
        Judge judge = new Judge("c", false, true, LIMITS);
        listed("a", "b");
        Told hourOld = new Told(true, 1, SYSTEM, 500, true, TimeUnit.HOURS.toNanos(1), Map.of(), null);
        round(judge, Map.of("a", primary(1, 500), "b", hourOld));
        assertThat(node("b").lag().nanos()).isZero();

        // When: a checkpoint's WAL, no transaction
        round(judge, Map.of("a", primary(1, 620), "b", hourOld));

        // Then
        assertThat(node("b").lag()).isEqualTo(new Lag(120, Source.SQL, TimeUnit.SECONDS.toNanos(3), Source.SQL));
        assertThat(node("b")).matches(Node::isIn);
    }

    @Test
    void withoutALeaderBytesStandForAWhileAndTimeGrows() {
        // Given
        Judge judge = new Judge("c", false, true, LIMITS);
        listed("a", "b");
        round(judge, Map.of("a", primary(1, 500), "b", standby(1, 500)));

        // When
        round(judge, Map.of("a", gone(), "b", standby(1, 500)));

        // Then
        assertThat(node("b").lag()).isEqualTo(new Lag(0, Source.SQL, TimeUnit.SECONDS.toNanos(3), Source.SQL));
        second += 60;
        round(judge, Map.of("a", gone(), "b", standby(1, 500)));
        assertThat(node("b").lag()).isEqualTo(Lag.UNKNOWN);
        assertThat(reason("b")).isEqualTo(Reason.LAG_UNKNOWN);
    }

    @Test
    void patroniAloneIsBelievedWhenTheTimelineAgrees() {
        // Given
        Judge judge = new Judge("c", true, false, null);
        claimed("a", claim(NodeRole.LEADER, NodeState.RUNNING, 2));
        claimed("b", claim(NodeRole.SYNC, NodeState.STREAMING, 2));
        claimed("c", claim(NodeRole.STANDBY_LEADER, NodeState.STREAMING, 2));

        // When
        round(judge, Map.of());

        // Then
        assertThat(leaderName()).isEqualTo("a");
        assertThat(node("b").role()).isEqualTo(NodeRole.SYNC);
        claimed("b", claim(NodeRole.ASYNC, NodeState.STREAMING, 3));
        round(judge, Map.of());
        assertThat(leaderName()).isNull();
        assertThat(text("a")).isEqualTo("on timeline 2 of a cluster on 3");
    }

    @Test
    void patroniAndTheServerMustAgree() {
        // Given
        Judge judge = new Judge("c", true, true, null);
        claimed("a", claim(NodeRole.LEADER, NodeState.RUNNING, 1));
        claimed("b", claim(NodeRole.ASYNC, NodeState.STREAMING, 1));

        // When: demoted already, Patroni has not said so yet
        round(judge, Map.of("a", standby(1, 1), "b", primary(2, 1)));

        // Then
        assertThat(leaderName()).isNull();
        assertThat(text("a")).isEqualTo("in recovery, Patroni says LEADER");
        assertThat(text("b")).isEqualTo("takes writes, Patroni says ASYNC");
        claimed("a", claim(NodeRole.ASYNC, NodeState.RUNNING, 1));
        claimed("b", claim(NodeRole.LEADER, NodeState.RUNNING, 2));
        round(judge, Map.of("a", standby(1, 1), "b", primary(2, 1)));
        assertThat(leaderName()).isEqualTo("b");
        assertThat(only(Kind.LEADER).evidence()).contains("b: patroni: LEADER, running, timeline 2 (http://pg1:8008)");
        assertThat(node("a")).matches(Node::isIn);
    }

    @Test
    void aLeaderThatHasNotSpokenIsNotBelieved() {
        // Given
        Judge judge = new Judge("c", true, true, null);
        claimed("a", claim(NodeRole.LEADER, NodeState.RUNNING, 1));

        // When
        round(judge, Map.of("a", new Silent(Why.BLIND, "no pg_hba.conf entry (28000)")));

        // Then
        assertThat(leaderName()).isNull();
        assertThat(text("a"))
                .isEqualTo("the server has not said what it is (no pg_hba.conf entry (28000)), Patroni says LEADER");
    }

    @ParameterizedTest
    @EnumSource(NodeState.class)
    void onlyAStateThatServesIsIn(NodeState state) {
        // Given
        Judge judge = new Judge("c", true, false, null);
        claimed("a", claim(NodeRole.LEADER, NodeState.RUNNING, 1));
        claimed("b", claim(NodeRole.ASYNC, state, 1));

        // When
        round(judge, Map.of());

        // Then
        assertThat(node("b").isIn()).isEqualTo(state.serves());
        assertThat(reason("b")).isEqualTo(state.serves() ? null : Reason.NOT_SERVING);
    }

    @Test
    void aServerThatAnswersOverrulesAWordThatNobodyKnows() {
        // Given
        Judge judge = new Judge("c", true, true, null);
        claimed("a", claim(NodeRole.ASYNC, NodeState.UNKNOWN, 1));

        // When
        round(judge, Map.of("a", standby(1, 1)));

        // Then
        assertThat(node("a")).matches(Node::isIn).returns(NodeState.STREAMING, Node::state);
    }

    @Test
    void noloadbalanceHidesAReplicaAndNeverALeader() {
        // Given
        Judge judge = new Judge("c", true, false, null);
        Map<String, String> tags = Map.of("noloadbalance", "true");
        claimed("a", tagged(claim(NodeRole.LEADER, NodeState.RUNNING, 1), tags));
        claimed("b", tagged(claim(NodeRole.SYNC, NodeState.RUNNING, 1), tags));

        // When
        round(judge, Map.of());

        // Then
        assertThat(node("a")).matches(Node::isIn);
        assertThat(reason("b")).isEqualTo(Reason.NO_LOAD_BALANCE);
        assertThat(node("b").tags()).isEqualTo(tags);
    }

    @Test
    void patronisOwnFiguresCountWhereNobodyAsksTheServers() {
        // Given
        Judge judge = new Judge("c", true, false, LIMITS);
        claimed("a", claim(NodeRole.LEADER, NodeState.RUNNING, 1));
        claimed("v41", lagging(400, 900, 0));
        claimed("v30", lagging(1100, -1, 0));
        claimed("old", lagging(-1, -1, 0));

        // When
        round(judge, Map.of());

        // Then
        assertThat(node("v41").lag()).isEqualTo(new Lag(900, Source.PATRONI, 0, Source.UNKNOWN));
        assertThat(reason("v41"))
                .as("the time is not known before a second look")
                .isEqualTo(Reason.LAG_UNKNOWN);
        assertThat(node("v30").lag()).isEqualTo(new Lag(200, Source.PATRONI, 0, Source.UNKNOWN));
        assertThat(node("old").lag()).isEqualTo(new Lag(0, Source.PATRONI_RECEIVED, 0, Source.UNKNOWN));
        claimed("v41", lagging(1300, 0, 0));
        claimed("v30", lagging(1300, -1, 0));
        round(judge, Map.of());
        assertThat(node("v41")).matches(Node::isIn);
        assertThat(node("v30")).matches(Node::isIn);
        assertThat(reason("old")).isEqualTo(Reason.LAG_UNKNOWN);
    }

    @Test
    void whenPatroniIsAwayWhatItSaidStandsAndTheServersStillCount() {
        // Given
        Judge judge = new Judge("c", true, true, LIMITS);
        claimed("a", claim(NodeRole.LEADER, NodeState.RUNNING, 1));
        claimed("b", claim(NodeRole.SYNC, NodeState.STREAMING, 1));
        round(judge, Map.of("a", primary(1, 1), "b", standby(1, 1)));

        // When
        fresh = false;
        round(judge, Map.of("a", primary(1, 9000), "b", standby(1, 1)));

        // Then
        assertThat(leaderName()).isEqualTo("a");
        assertThat(node("b").role()).isEqualTo(NodeRole.SYNC);
        assertThat(reason("b")).isEqualTo(Reason.LAG);
        round(judge, Map.of("a", standby(1, 9000), "b", primary(2, 9000)));
        assertThat(leaderName()).as("Patroni has not said so").isNull();
    }

    @Test
    void membersComeGoAndMove() {
        // Given
        Judge judge = new Judge("c", true, false, null);
        claimed("a", claim(NodeRole.ASYNC, NodeState.RUNNING, 1));
        claimed("b", claim(NodeRole.ASYNC, NodeState.RUNNING, 1));
        round(judge, Map.of());

        // When
        members.remove("a");
        Member b = Objects.requireNonNull(members.get("b"));
        members.put("b", new Member("b", new HostPort("other", 5432), null, b.claim()));
        round(judge, Map.of());

        // Then
        assertThat(kinds()).containsExactly("b NODE_MOVED", "a NODE_REMOVED");
        assertThat(only(Kind.NODE_MOVED).to()).isEqualTo("other:5432");
    }

    @Test
    void nodesThatNobodyKnowsAreIn() {
        // Given
        Judge judge = new Judge("c", false, false, null);
        listed("10.0.0.1");

        // When
        round(judge, Map.of());

        // Then
        assertThat(node("10.0.0.1")).matches(Node::isIn).returns(NodeRole.UNKNOWN, Node::role);
    }

    private static Judge asked() {
        return new Judge("c", false, true, null);
    }

    private void round(Judge judge, Map<String, Answer> said) {
        answers.clear();
        answers.putAll(said);
        second += 3;
        Topology before = topology;
        topology = judge.judge(
                new Round(
                        List.copyOf(members.values()),
                        fresh,
                        answers,
                        List.of(),
                        TimeUnit.SECONDS.toNanos(second),
                        Instant.EPOCH.plusSeconds(second)),
                before);
        transitions = Changes.between(before, topology, judge.evidence());
    }

    private void listed(String... names) {
        for (String name : names) {
            members.put(name, new Member(name, new HostPort(name, 5432), null, null));
        }
    }

    private void claimed(String name, Claim claim) {
        members.put(name, new Member(name, new HostPort(name, 5432), null, claim));
    }

    private static Claim claim(NodeRole role, NodeState state, int timeline) {
        return new Claim(role, state, word(state), timeline, -1, -1, -1, Map.of(), null, "http://pg1:8008");
    }

    private static String word(NodeState state) {
        return state.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static Claim tagged(Claim claim, Map<String, String> tags) {
        return new Claim(
                claim.role(),
                claim.state(),
                claim.stateWord(),
                claim.timeline(),
                -1,
                -1,
                -1,
                tags,
                null,
                claim.source());
    }

    private static Claim lagging(long replayed, long replayLag, long receiveLag) {
        return new Claim(
                NodeRole.ASYNC,
                NodeState.STREAMING,
                "streaming",
                1,
                replayed,
                replayLag,
                receiveLag,
                Map.of(),
                null,
                "p");
    }

    private static Answer primary(int timeline, long lsn) {
        return new Told(false, timeline, SYSTEM, lsn, false, -1, Map.of(), null);
    }

    private static Answer standby(int timeline, long lsn) {
        return new Told(true, timeline, SYSTEM, lsn, true, -1, Map.of(), null);
    }

    private static Answer gone() {
        return new Silent(Why.UNREACHABLE, "connection refused");
    }

    private Node node(String name) {
        return Objects.requireNonNull(topology.node(name));
    }

    private @Nullable String leaderName() {
        Node leader = topology.leader();
        return leader == null ? null : leader.name();
    }

    private @Nullable Reason reason(String name) {
        var outage = node(name).outage();
        return outage == null ? null : outage.reason();
    }

    private String text(String name) {
        return Objects.requireNonNull(node(name).outage()).text();
    }

    private Transition only(Kind kind) {
        List<Transition> found =
                transitions.stream().filter(one -> one.kind() == kind).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private List<String> kinds() {
        List<String> kinds = new ArrayList<>();
        transitions.forEach(one -> kinds.add(one.node() + " " + one.kind()));
        return kinds;
    }
}
