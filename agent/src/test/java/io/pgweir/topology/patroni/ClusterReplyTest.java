package io.pgweir.topology.patroni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.config.HostPort;
import io.pgweir.topology.Claim;
import io.pgweir.topology.Member;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.NodeState;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

/** Replies of 3.0.2 and 4.1.4 are recorded; those of 2.1 and 4.0 have their keys. */
class ClusterReplyTest {

    @Test
    void recordedOf302() throws IOException {
        // When
        ClusterReply reply = read("cluster-3.0.2.json");

        // Then
        assertThat(reply.notes()).isEmpty();
        assertThat(reply.leaderTimeline()).isEqualTo(1);
        assertThat(claim(reply, "n0"))
                .isEqualTo(new Claim(
                        NodeRole.LEADER, NodeState.RUNNING, "running", 1, -1, -1, -1, Map.of(), null, "source"));
        assertThat(claim(reply, "n1"))
                .isEqualTo(new Claim(
                        NodeRole.ASYNC, NodeState.RUNNING, "running", 1, -1, -1, 0, Map.of(), null, "source"));
        assertThat(claim(reply, "n2").tags()).isEqualTo(Map.of("noloadbalance", "true", "zone", "eu-west-1b"));
        assertThat(member(reply, "n2").address()).isEqualTo(new HostPort("127.0.0.1", 56433));
        assertThat(reply.apis()).containsEntry("n1", URI.create("http://127.0.0.1:58009/patroni"));
    }

    @Test
    void recordedOf302WithinASwitchover() throws IOException {
        // When
        ClusterReply reply = read("cluster-3.0.2-switchover.json");

        // Then
        assertThat(claim(reply, "n0"))
                .isEqualTo(new Claim(
                        NodeRole.ASYNC, NodeState.STOPPED, "stopped", 0, -1, -1, -1, Map.of(), null, "source"));
        assertThat(reply.leaderTimeline()).isEqualTo(2);
        assertThat(claim(reply, "n2").receiveLagBytes()).isEqualTo(776);
    }

    @Test
    void recordedOf414ItTellsWhatIsNotReplayed() throws IOException {
        // When
        Claim standby = claim(read("cluster-4.1.4-replay-stopped.json"), "n1");

        // Then
        assertThat(standby.role()).isEqualTo(NodeRole.SYNC);
        assertThat(standby.state()).isEqualTo(NodeState.STREAMING);
        assertThat(standby.receiveLagBytes()).isZero();
        assertThat(standby.replayLagBytes()).isEqualTo(19354848);
        assertThat(standby.lsn()).isEqualTo(0x3013520L);
    }

    @Test
    void recordedOfMembersThemselves() throws IOException {
        // Then
        assertThat(MemberReply.read(bytes("patroni-3.0.2-leader.json")))
                .isEqualTo(new MemberReply(false, 67111720, "7710422893640013110"));
        assertThat(MemberReply.read(bytes("patroni-3.0.2-replica.json")))
                .isEqualTo(new MemberReply(true, 86467288, "7710421675625415943"));
    }

    @ParameterizedTest
    @CsvSource({
        "cluster-2.1.json, n0, LEADER, RUNNING, 7, -1, 10.0.0.1:5432",
        "cluster-2.1.json, n1, SYNC, RUNNING, 7, 0, 10.0.0.2:5432",
        "cluster-2.1.json, n2, ASYNC, CREATING, 0, -1, 10.0.0.3:5432",
        "cluster-4.0-quorum.json, n0, LEADER, RUNNING, 3, -1, [fd00::1]:5432",
        "cluster-4.0-quorum.json, n1, SYNC, STREAMING, 3, 0, [fd00::2]:5433",
        "cluster-4.0-quorum.json, n2, ASYNC, IN_ARCHIVE_RECOVERY, 3, 16777216, pg-2.internal:5432",
        "cluster-4.0-standby.json, s0, STANDBY_LEADER, STREAMING, 3, 0, s0:5432",
        "cluster-4.0-standby.json, s1, ASYNC, FAILED, 0, -1, s1:5432",
    })
    void everyRoleAndStateIsKnown(
            String file, String name, NodeRole role, NodeState state, int timeline, long lag, String address)
            throws IOException {
        // When
        ClusterReply reply = read(file);

        // Then
        assertThat(claim(reply, name))
                .returns(role, Claim::role)
                .returns(state, Claim::state)
                .returns(timeline, Claim::timeline)
                .returns(lag, Claim::receiveLagBytes);
        assertThat(member(reply, name).address()).hasToString(address);
    }

    @Test
    void tagsOfAnyKindAreText() throws IOException {
        // Then
        assertThat(claim(read("cluster-4.0-quorum.json"), "n1").tags())
                .isEqualTo(Map.of(
                        "nofailover",
                        "true",
                        "nosync",
                        "false",
                        "clonefrom",
                        "true",
                        "failover_priority",
                        "2",
                        "zone",
                        "a"));
    }

    @Test
    void oddMembersAreLeftOutOneByOne() throws IOException {
        // When
        ClusterReply reply = read("cluster-odd.json");

        // Then
        assertThat(reply.members()).extracting(Member::name).containsExactly("good", "witness");
        assertThat(reply.notes())
                .containsExactly(
                        "member without a name left out: no name",
                        "member without a name left out: no name",
                        "member no-host left out: no host",
                        "member bad-port left out: port 70000",
                        "member good left out: the name again");
        assertThat(claim(reply, "good"))
                .returns(NodeState.UNKNOWN, Claim::state)
                .returns("hibernating", Claim::stateWord)
                .returns(4, Claim::timeline)
                .returns(Map.of(), Claim::tags);
        assertThat(claim(reply, "witness"))
                .returns(NodeRole.UNKNOWN, Claim::role)
                .returns(-1L, Claim::receiveLagBytes)
                .returns(Integer.MAX_VALUE, Claim::timeline)
                .returns(Map.of("noloadbalance", "true", "n", "1.5", "o.p", "q"), Claim::tags);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"members\": {}}", "<html>", "{\"members\": [{\"name\": "})
    void whatIsNotPatronisIsRefused(String body) {
        assertThatThrownBy(() -> ClusterReply.read(body.getBytes(StandardCharsets.UTF_8), "source"))
                .isInstanceOf(JacksonException.class);
    }

    /** Cut or damaged anywhere: read, or refused as JSON; nothing else. */
    @Property(tries = 500)
    void noDamageIsAFaultOfOurs(@ForAll @IntRange(max = 1000) int at, @ForAll byte damage) throws IOException {
        // Given
        byte[] json = bytes("cluster-4.0-quorum.json");
        json[at % json.length] = damage;

        // Then
        try {
            assertThat(ClusterReply.read(json, "source").members()).hasSizeLessThanOrEqualTo(4);
        } catch (JacksonException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0/4288A00, 69765632",
        "1/0, 4294967296",
        "FF/FFFFFFFF, 1099511627775",
        "0, -1",
        "/1, -1",
        "0/x, -1",
        "-1/1, -1"
    })
    void positionsAreHexadecimal(String text, long lsn) {
        assertThat(Fields.lsn(text)).isEqualTo(lsn);
    }

    private static Member member(ClusterReply reply, String name) {
        return reply.members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Claim claim(ClusterReply reply, String name) {
        return Objects.requireNonNull(member(reply, name).claim());
    }

    private static ClusterReply read(String file) throws IOException {
        return ClusterReply.read(bytes(file), "source");
    }

    static byte[] bytes(String file) throws IOException {
        try (InputStream in = ClusterReplyTest.class.getResourceAsStream(file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        }
    }
}
