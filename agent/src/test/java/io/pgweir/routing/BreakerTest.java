package io.pgweir.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Window 10 s, at least 4 connects, half of them, open for 5 s. */
class BreakerTest {
    private final Breaker breaker = new Breaker(Clusters.BREAKER);

    @Test
    void aShareOfFailuresOpensIt() {
        // Given
        breaker.onSuccess(at(0));
        breaker.onSuccess(at(1));
        breaker.onFailure(at(2));
        assertThat(breaker.admits(at(2))).isTrue();

        // When
        breaker.onFailure(at(3));

        // Then
        assertThat(breaker.admits(at(3))).isFalse();
        assertThat(breaker.admits(at(7))).isFalse();
    }

    @Test
    void whatIsOlderThanTheWindowDoesNotCount() {
        // Given
        breaker.onFailure(at(0));
        breaker.onFailure(at(0));
        breaker.onFailure(at(0));

        // When
        breaker.onFailure(at(11));

        // Then
        assertThat(breaker.admits(at(11))).isTrue();
        breaker.onFailure(at(1_000_000));
        assertThat(breaker.admits(at(1_000_000))).isTrue();
    }

    @Test
    void oneConnectTriesAndDecides() {
        // Given
        open();
        assertThat(breaker.admits(at(5))).isTrue();

        // When
        breaker.onConnect(at(5));

        // Then
        assertThat(breaker.admits(at(5))).as("one at a time").isFalse();
        breaker.onFailure(at(6));
        assertThat(breaker.admits(at(10))).as("open again, from then on").isFalse();
        assertThat(breaker.admits(at(11))).isTrue();
        breaker.onConnect(at(11));
        breaker.onSuccess(at(11));
        breaker.onFailure(at(12));
        assertThat(breaker.admits(at(12))).as("a clean window").isTrue();
    }

    @Test
    void aTryThatWasAbandonedLetsAnotherTry() {
        // Given
        open();
        assertThat(breaker.admits(at(5))).isTrue();
        breaker.onConnect(at(5));

        // When
        breaker.onAbandoned();

        // Then
        assertThat(breaker.admits(at(5))).isTrue();
    }

    @Test
    void ejectionsGrowToTheirLimitAndAreForgiven() {
        // Given
        Ejector ejector = new Ejector(Clusters.EJECTION);

        // Then
        assertThat(ejectedFor(ejector, 0)).isEqualTo(10);
        assertThat(ejectedFor(ejector, 100)).isEqualTo(20);
        assertThat(ejectedFor(ejector, 200)).isEqualTo(25);
        ejector.onSuccess(at(300));
        assertThat(ejectedFor(ejector, 400)).isEqualTo(10);
    }

    @Test
    void aSuccessBetweenFailuresBeginsTheCountAnew() {
        // Given
        Ejector ejector = new Ejector(Clusters.EJECTION);
        ejector.onFailure(at(0), true);
        ejector.onFailure(at(0), true);
        ejector.onSuccess(at(0));

        // When
        ejector.onFailure(at(0), true);

        // Then
        assertThat(ejector.isEjected(at(0))).isFalse();
        ejector.onFailure(at(0), true);
        ejector.onFailure(at(0), false);
        assertThat(ejector.isEjected(at(0)))
                .as("the cluster cannot do without it")
                .isFalse();
        ejector.onFailure(at(0), true);
        assertThat(ejector.isEjected(at(0))).isTrue();
    }

    @Test
    void anOldConnectTimeWeighsLess() {
        // Given
        ConnectTime time = new ConnectTime();
        assertThat(time.nanos()).isZero();
        time.record(100, at(0));
        assertThat(time.nanos()).isEqualTo(100);

        // When
        time.record(200, at(10));

        // Then
        assertThat(time.nanos()).isEqualTo(150);
        time.record(150 + 100, at(10));
        assertThat(time.nanos()).as("a fifth at least").isCloseTo(170, org.assertj.core.data.Offset.offset(0.001));
    }

    private static long ejectedFor(Ejector ejector, long second) {
        for (int i = 0; i < 3; i++) {
            ejector.onFailure(at(second), true);
        }
        assertThat(ejector.isEjected(at(second))).isTrue();
        return TimeUnit.NANOSECONDS.toSeconds(ejector.leftNanos(at(second)));
    }

    private void open() {
        for (int i = 0; i < 4; i++) {
            breaker.onFailure(at(0));
        }
        assertThat(breaker.admits(at(4))).isFalse();
    }

    private static long at(long second) {
        return TimeUnit.SECONDS.toNanos(second);
    }
}
