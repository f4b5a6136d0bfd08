package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.LagConfig;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.config.MonitorConfig;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A standby whose lag goes over its limit and back, again and again. {@code bench/switchover} runs it for longer. */
class SwayIT {
    private static final Logger LOG = LoggerFactory.getLogger(SwayIT.class);
    private static final Duration TURN = Duration.ofMillis(700);
    private static final Duration READMIT_AFTER = Duration.ofSeconds(3);
    private static final Duration SWAYS = Duration.ofSeconds(Integer.getInteger("pgweir.sway.seconds", 8));

    @Test
    void aStandbyThatSwaysIsOutOnceAndBackOnce() {
        try (PgServer primary = PgServer.builder().start();
                PgServer standby = primary.replica("one")) {
            primary.query("create table t(i int)");
            ClusterConfig cluster = new ClusterConfig(
                    List.of(new HostPort("127.0.0.1", primary.port()), new HostPort("127.0.0.1", standby.port())),
                    null,
                    null,
                    RunningAgent.NO_SERVER_TLS,
                    Duration.ofSeconds(2),
                    new MonitorConfig("postgres", null, "postgres", Duration.ofMillis(200), Duration.ofSeconds(2)),
                    new LagConfig(256 << 10, null, LagConfig.Unknown.EXCLUDE, READMIT_AFTER),
                    BalanceConfig.of(Strategy.LEAST_CONNECTIONS),
                    null,
                    null,
                    DrainConfig.DEFAULT);
            try (RunningAgent agent = RunningAgent.builder()
                    .cluster(cluster, ClusterIT.listener("ro", List.of(Role.ASYNC), Role.LEADER))
                    .start()) {
                // When
                int turns = 0;
                long began = System.nanoTime();
                long wrongNode = 0;
                while (System.nanoTime() - began < SWAYS.toNanos()) {
                    standby.query("select pg_wal_replay_pause()");
                    primary.query("insert into t select generate_series(1, 10000)");
                    LockSupport.parkNanos(TURN.toNanos());
                    wrongNode += port(agent).equals(String.valueOf(standby.port())) ? 1 : 0;
                    standby.query("select pg_wal_replay_resume()");
                    LockSupport.parkNanos(TURN.toNanos());
                    turns++;
                }

                // Then
                long flaps = count(agent, "in");
                LOG.atInfo()
                        .addKeyValue("turns", turns)
                        .addKeyValue("out", count(agent, "out"))
                        .addKeyValue("back", flaps)
                        .addKeyValue("sessionsOnLaggingStandby", wrongNode)
                        .log("Lag swayed around its limit");
                assertThat(count(agent, "out")).isEqualTo(1);
                assertThat(flaps).isZero();
                assertThat(wrongNode).isZero();
                await().atMost(Duration.ofSeconds(60)).until(() -> count(agent, "in") == 1);
                assertThat(port(agent)).isEqualTo(String.valueOf(standby.port()));
            }
        }
    }

    /** That a new session gets. */
    private static String port(RunningAgent agent) {
        try (PgWire session = PgWire.login("127.0.0.1", agent.port("ro"), Map.of(), null)) {
            return ClusterIT.port(session);
        }
    }

    private static long count(RunningAgent agent, String change) {
        return agent.events(AuditEvent.TopologyChange.class).stream()
                .filter(event -> event.change().equals(change))
                .count();
    }
}
