package io.pgweir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.config.ReadsConfig.Hints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a listener has in {@code mode: split} only. */
class SplitConfigTest {
    @TempDir
    Path directory;

    private static final String CLUSTER = "clusters: {c: {nodes: [\"pg:5432\"], monitor: {user: weir}}}\n";

    private static String yaml(String cluster, String listener) {
        return "version: 1\n" + cluster + "listeners: [{name: l, listen: 6432, cluster: c, " + listener + "}]\n";
    }

    private AgentConfig parse(String yaml) throws ConfigException, IOException {
        return ConfigReader.read(Files.writeString(directory.resolve("pgweir.yaml"), yaml));
    }

    private @Nullable SplitConfig read(String listener) throws ConfigException, IOException {
        return parse(yaml(CLUSTER, listener)).listeners().getFirst().split();
    }

    @Test
    void defaults() throws Exception {
        assertThat(read("mode: split")).isEqualTo(new SplitConfig(ReadsConfig.DEFAULT, FailoverConfig.DEFAULT, null));
        assertThat(read("mode: transparent")).isNull();
    }

    @Test
    void everyKeySetToSomethingElse() throws Exception {
        SplitConfig split = Objects.requireNonNull(
                read(
                        "mode: split, reads: {from: async, consistency: global, wait-max: 7ms, otherwise: leader, hints: [replica, leader], transactions: deferred}, failover: {hold-max: 3s, hold-sessions: 5, retry-reads: false}, auth: {verifiers: query}"));
        assertThat(split.reads())
                .isEqualTo(new ReadsConfig(
                        List.of(Role.ASYNC),
                        Consistency.GLOBAL,
                        Duration.ofMillis(7),
                        ReadsConfig.Otherwise.LEADER,
                        List.of(Hints.REPLICA, Hints.LEADER),
                        ReadsConfig.Transactions.DEFERRED));
        assertThat(split.failover()).isEqualTo(new FailoverConfig(Duration.ofSeconds(3), 5, false));
        assertThat(split.auth()).isNotNull();
    }

    @Test
    void hintsMayBeNone() throws Exception {
        assertThat(Objects.requireNonNull(read("mode: split, reads: {hints: none}"))
                        .reads()
                        .hints())
                .isEmpty();
        assertThat(ReadsConfig.DEFAULT.hints()).containsExactly(Hints.LEADER);
    }

    @Test
    void certificatesNeedClientsThatShowThem() throws Exception {
        Path pem = Files.writeString(directory.resolve("any.pem"), "");
        String listener = "mode: split, auth: {verifiers: query, certificates: {}}, tls: {mode: %s, cert: " + pem
                + ", key: " + pem + ", client-ca: " + pem + ", client-certificate: %s}";

        SplitConfig split = Objects.requireNonNull(read(listener.formatted("allow", "optional")));

        assertThat(Objects.requireNonNull(split.auth()).certificates())
                .isEqualTo(new AuthConfig.Certificates(Map.of(), AuthConfig.Certificates.Others.REFUSE));
        for (String without :
                List.of(listener.formatted("disable", "require"), listener.formatted("require", "none"))) {
            ConfigException faults = catchThrowableOfType(ConfigException.class, () -> parse(yaml(CLUSTER, without)));
            assertThat(faults.getMessage()).contains("no client shows one");
        }
    }

    @Test
    void readOnlyBlocksMayLeaveTheLeaderUnlessTheyAreToldNotTo() throws Exception {
        assertThat(ReadsConfig.DEFAULT.transactions()).isEqualTo(ReadsConfig.Transactions.READ_ONLY);
        assertThat(Objects.requireNonNull(read("mode: split, reads: {transactions: leader}"))
                        .reads()
                        .transactions())
                .isEqualTo(ReadsConfig.Transactions.LEADER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mode: splitt                                                     | did you mean `split`?
            mode: split, roles: [leader]                                     | roles: beside mode: split (expected: reads.from)
            mode: split, reads: {from: leader}                               | from: `leader` (expected: sync, async, standby-leader)
            mode: split, reads: {wait-max: 2m}                               | wait-max
            mode: split, reads: {consistency: strong}                        | expected: eventual, session, global
            mode: split, reads: {hints: [none, leader]}                      | hints: `none` beside others (expected: none, or of leader, replica)
            mode: split, reads: {hints: standby}                             | expected: none, leader, replica
            mode: split, reads: {hints: [leader, leader]}                    | leader again (expected: each once)
            mode: split, reads: {form: async}                                | did you mean `from`?
            mode: split, auth: {verifiers: query, certificates: {}}          | auth: certificates: no client shows one (expected: tls with client-certificate: optional or require)
            auth: {verifiers: query, certificates: {}}                       | auth: beside mode: transparent
            reads: {from: async}                                             | reads: beside mode: transparent
            failover: {hold-max: 5s}                                         | failover: beside mode: transparent
            mode: split, failover: {hold-max: 11m}                           | hold-max
            mode: split, failover: {hold-sessions: 0}                        | hold-sessions: 0 (expected: a whole number from 1
            mode: split, failover: {hold: 5s}                                | unknown key `hold` (expected: hold-max, hold-sessions, retry-reads)
            auth: {verifiers: query}                                         | auth: beside mode: transparent
            """)
    void faultsAreTold(String listener, String told) {
        ConfigException faults = catchThrowableOfType(ConfigException.class, () -> parse(yaml(CLUSTER, listener)));
        assertThat(faults.getMessage()).contains(told);
    }

    @Test
    void somebodyMustKnowWhoLeads() {
        ConfigException faults = catchThrowableOfType(
                ConfigException.class,
                () -> parse(yaml("clusters: {c: {nodes: [\"pg:5432\"]}}\n", "mode: split, auth: {verifiers: query}")));
        assertThat(faults.getMessage())
                .contains("mode: nobody knows who leads (expected: patroni or monitor in cluster `c`)")
                .contains("auth: nobody may ask for verifiers (expected: query.user, or a monitor in cluster `c`)");
    }
}
