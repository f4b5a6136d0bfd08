package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.config.ConnectRateConfig;
import io.pgweir.config.ConnectionsPerConfig;
import io.pgweir.config.KeepaliveConfig;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.QueueConfig;
import io.pgweir.config.ThreadsConfig;
import io.pgweir.config.TimeoutsConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Timeouts of sessions that have begun. */
class TimeoutsIT {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration NEVER = Duration.ZERO;

    private static PgServer server;

    @BeforeAll
    static void start() {
        server = PgServer.builder().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anIdleSessionEndsInPostgresqlsWords() {
        // Given
        try (RunningAgent agent = agent(SHORT, NEVER, NEVER);
                PgWire client = agent.login()) {
            client.query("begin");
            assertThat(client.query("select pg_sleep(1)")).contains("C(SELECT 1)");

            // When
            client.query("commit");

            // Then
            List<Reply> end = client.readToEnd();
            assertThat(end).hasSize(1);
            assertThat(end.getFirst().field('S')).isEqualTo("FATAL");
            assertThat(end.getFirst().field('C')).isEqualTo("57P05");
            assertThat(end.getFirst().field('M')).isEqualTo("terminating connection due to idle-session timeout");
            assertThat(agent.endCause()).isEqualTo("timeout");
        }
    }

    @Test
    void aTransactionThatIdlesEndsAndIsRolledBack() {
        // Given
        server.query("create table if not exists kept(i int)");
        try (RunningAgent agent = agent(NEVER, SHORT, NEVER);
                PgWire client = agent.login()) {
            client.query("begin");

            // When
            client.query("insert into kept values (1)");

            // Then
            List<Reply> end = client.readToEnd();
            assertThat(end.getFirst().field('C')).isEqualTo("25P03");
            assertThat(end.getFirst().field('M'))
                    .isEqualTo("terminating connection due to idle-in-transaction timeout");
            assertThat(agent.endCause()).isEqualTo("timeout");
            assertThat(server.query("select count(*) from kept")).isEqualTo("0");
        }
    }

    @Test
    void aQueryPastItsTimeIsCancelledAsByStatementTimeoutAndTheSessionGoesOn() {
        // Given
        try (RunningAgent agent = agent(NEVER, NEVER, SHORT);
                PgWire client = agent.login()) {
            // When
            client.send(Frontend.query("select pg_sleep(30)"), Frontend.query("select 7"));

            // Then
            List<Reply> first = client.readUntilReady();
            Reply error = first.stream()
                    .filter(reply -> reply.type() == 'E')
                    .findFirst()
                    .orElseThrow();
            assertThat(error.field('S')).isEqualTo("ERROR");
            assertThat(error.field('C')).isEqualTo("57014");
            assertThat(error.field('M')).isEqualTo("canceling statement due to statement timeout");
            assertThat(client.line()).isEqualTo("T(?column?:int4) D(7) C(SELECT 1) Z(I)");
            assertThat(agent.someEvents(AuditEvent.Statement.class)
                            .getFirst()
                            .execution()
                            .error())
                    .satisfies(fields -> assertThat(fields).isNotNull());
        }
    }

    @Test
    void eachRequestHasItsOwnTime() {
        // Given
        try (RunningAgent agent = agent(NEVER, NEVER, Duration.ofMillis(1500));
                PgWire client = agent.login()) {
            client.send(Frontend.parse("s", "select pg_sleep(0.6)"));

            // When
            for (int i = 0; i < 4; i++) {
                client.send(Frontend.bind("", "s"), Frontend.execute("", 0), Frontend.flush());
            }
            client.send(Frontend.sync());

            // Then
            assertThat(client.line()).doesNotContain("E(").endsWith("Z(I)");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ThreadsConfig.Transport.class,
            names = {"EPOLL", "NIO"})
    void socketsOfBothSidesAreKeptAliveAsConfigured(ThreadsConfig.Transport transport) {
        // Given
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .transport(transport)
                        .limits(limits(
                                TimeoutsConfig.NONE,
                                new KeepaliveConfig(Duration.ofSeconds(100), Duration.ofSeconds(7), 3)))
                        .start();
                PgWire client = agent.login()) {
            // When
            client.query("select 1");

            // Then
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(keepaliveTimers(agent.port(), server.port()))
                            .isEqualTo(2));
        }
    }

    /** Sockets whose keepalive timer is due within 100 s, of the connections accepted at one port and made to another. */
    private static long keepaliveTimers(int local, int remote) {
        String accepted = String.format(Locale.ROOT, ":%04X", local);
        String made = String.format(Locale.ROOT, ":%04X", remote);
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .map(Path::of)
                .flatMap(TimeoutsIT::lines)
                .map(line -> line.strip().split("\\s+"))
                .filter(field -> field[1].endsWith(accepted) || field[2].endsWith(made))
                .filter(field -> field[5].startsWith("02:"))
                .filter(field -> Long.parseLong(field[5].substring(3), 16) <= 10_000)
                .count();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static RunningAgent agent(Duration idle, Duration transactionIdle, Duration query) {
        return RunningAgent.builder(server.port())
                .limits(limits(new TimeoutsConfig(idle, transactionIdle, query), null))
                .start();
    }

    private static LimitsConfig limits(TimeoutsConfig timeouts, @Nullable KeepaliveConfig keepalive) {
        return new LimitsConfig(
                100,
                ConnectionsPerConfig.DEFAULT,
                ConnectRateConfig.DEFAULT,
                null,
                QueueConfig.NONE,
                1000,
                Duration.ofSeconds(20),
                timeouts,
                keepalive,
                1 << 20,
                10_000);
    }
}
