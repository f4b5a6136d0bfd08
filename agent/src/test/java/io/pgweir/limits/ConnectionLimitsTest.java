package io.pgweir.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ConnectRateConfig;
import io.pgweir.config.ConnectionsPerConfig;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.QueueConfig;
import io.pgweir.config.TimeoutsConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionLimitsTest {
    private static final int NO = ConnectionsPerConfig.UNLIMITED;

    private int listenerMax = NO;
    private final List<String> told = new ArrayList<>();

    @ParameterizedTest
    @EnumSource
    void eachKindOfLimitIsHeldAndNamed(Scope scope) {
        // Given
        ConnectionLimits limits = limits(scope, 2, 0);
        Admission first = ask(limits, "a");
        ask(limits, "a");

        // When
        Admission third = ask(limits, "a");

        // Then
        assertThat(third.standing()).isEqualTo(Standing.REFUSED);
        assertThat(third.full()).isEqualTo(new Full(scope, scope == Scope.AGENT ? "" : "a", 2));
        first.release();
        assertThat(ask(limits, "a").standing()).isEqualTo(Standing.HELD);
    }

    @Test
    void oneUsersLimitIsNotAnothers() {
        // Given
        ConnectionLimits limits = limits(Scope.USER, 1, 0);
        ask(limits, "a");

        // When
        Admission other = ask(limits, "b");

        // Then
        assertThat(other.standing()).isEqualTo(Standing.HELD);
    }

    @Test
    void whoWaitsGoesOnInTheOrderOfAsking() {
        // Given
        ConnectionLimits limits = limits(Scope.AGENT, 1, 2);
        Admission first = ask(limits, "first");
        Admission second = ask(limits, "second");
        Admission third = ask(limits, "third");
        assertThat(ask(limits, "fourth").standing()).isEqualTo(Standing.REFUSED);

        // When
        first.release();
        second.release();

        // Then
        assertThat(told).containsExactly("second", "third");
        assertThat(third.standing()).isEqualTo(Standing.HELD);
        assertThat(limits.waiting()).isZero();
    }

    @Test
    void whoWaitsForOneUserHoldsNobodyElseUp() {
        // Given
        ConnectionLimits limits = new ConnectionLimits(config(2, new ConnectionsPerConfig(NO, NO, NO, 1, NO, NO), 10));
        Admission a = ask(limits, "a");
        Admission b = ask(limits, "b");
        Admission secondA = ask(limits, "a");
        Admission c = ask(limits, "c");

        // When
        b.release();

        // Then
        assertThat(c.standing()).isEqualTo(Standing.HELD);
        assertThat(secondA.standing()).isEqualTo(Standing.WAITING);
        assertThat(secondA.full()).isEqualTo(new Full(Scope.USER, "a", 1));
        a.release();
        assertThat(secondA.standing()).isEqualTo(Standing.HELD);
    }

    @Test
    void aPlaceIsGivenBackOnce() {
        // Given
        ConnectionLimits limits = limits(Scope.AGENT, 2, 1);
        Admission first = ask(limits, "a");
        ask(limits, "b");
        Admission waiting = ask(limits, "c");

        // When
        waiting.release();
        waiting.release();
        first.release();
        first.release();

        // Then
        assertThat(limits.held()).isEqualTo(1);
        assertThat(limits.waiting()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void nothingIsLeftOfAStorm() throws Exception {
        // Given
        ConnectionLimits limits = new ConnectionLimits(config(20, new ConnectionsPerConfig(NO, NO, NO, 5, 15, NO), 50));
        AtomicInteger most = new AtomicInteger();

        // When
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int number = thread;
                done.add(threads.submit(() -> {
                    List<Admission> mine = new ArrayList<>();
                    for (int i = 0; i < 5_000; i++) {
                        String user = "u" + (i * 7 + number) % 5;
                        Admission asked = limits.ask(caller(user), () -> {});
                        mine.add(asked);
                        most.accumulateAndGet(limits.held(), Math::max);
                        if (mine.size() > 6) {
                            mine.remove(i % mine.size()).release();
                        }
                    }
                    mine.forEach(Admission::release);
                }));
            }
            for (Future<?> one : done) {
                one.get(60, TimeUnit.SECONDS);
            }
        }

        // Then
        assertThat(limits.held()).isZero();
        assertThat(limits.waiting()).isZero();
        assertThat(limits.names()).isZero();
        assertThat(most.get()).isBetween(1, 20);
    }

    private Admission ask(ConnectionLimits limits, String name) {
        return limits.ask(caller(name), () -> told.add(name));
    }

    private Caller caller(String name) {
        return new Caller(name, listenerMax, name, name, name, name);
    }

    private ConnectionLimits limits(Scope scope, int max, int queue) {
        listenerMax = scope == Scope.LISTENER ? max : NO;
        return new ConnectionLimits(config(
                scope == Scope.AGENT ? max : 1000,
                new ConnectionsPerConfig(
                        NO,
                        scope == Scope.CLUSTER ? max : NO,
                        NO,
                        scope == Scope.USER ? max : NO,
                        scope == Scope.DATABASE ? max : NO,
                        scope == Scope.CLIENT_ADDRESS ? max : NO),
                queue));
    }

    private static LimitsConfig config(int connections, ConnectionsPerConfig per, int queue) {
        return new LimitsConfig(
                connections,
                per,
                ConnectRateConfig.DEFAULT,
                null,
                new QueueConfig(queue, Duration.ofSeconds(1)),
                1000,
                Duration.ofSeconds(1),
                TimeoutsConfig.NONE,
                null,
                1 << 16,
                16);
    }
}
