package io.pgweir.proxy.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.rules.Action;
import io.pgweir.rules.Asker;
import io.pgweir.rules.Key;
import io.pgweir.rules.Metered;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MetersTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Telemetry telemetry = new Telemetry();
    private long now = 1L << 40;
    private final Meters meters = new Meters(telemetry, () -> now);

    private static Asker asker(String user) {
        return new Asker(new UUID(1, 2), user, "db", "app", null, "main", "main", false, "trust", 0);
    }

    private static Action.Throttle throttle(double perSecond, int burst, Duration waitMax) {
        return new Action.Throttle(perSecond, burst, Set.of(Key.USER), waitMax, "53400", "slow");
    }

    private static Action.Budget budget(long rows) {
        return new Action.Budget(rows, Long.MAX_VALUE, MINUTE, Set.of(Key.USER), "53400", "spent");
    }

    private long turn(Action.Throttle throttle, String user) {
        return meters.turnsNanos("r", throttle, asker(user), "fp", 1);
    }

    @Test
    void aBurstGoesAtOnceAndTheRestInTurn() {
        // Given
        Action.Throttle two = throttle(2, 3, MINUTE);

        // When
        long[] waits = {turn(two, "a"), turn(two, "a"), turn(two, "a"), turn(two, "a"), turn(two, "a")};

        // Then
        assertThat(waits).containsExactly(0, 0, 0, SECOND / 2, SECOND);
        assertThat(turn(two, "b")).isZero();
        now += 10 * SECOND;
        assertThat(turn(two, "a")).isZero();
    }

    @Test
    void whoIsRefusedTakesNoTurn() {
        // Given
        Action.Throttle one = throttle(1, 1, Duration.ofSeconds(1));

        // When
        long[] waits = {turn(one, "a"), turn(one, "a"), turn(one, "a"), turn(one, "a")};

        // Then
        assertThat(waits).containsExactly(0, SECOND, -1, -1);
        now += 2 * SECOND;
        assertThat(turn(one, "a")).isZero();
    }

    @Test
    void aRateThatARuleWasGivenAnewHoldsAtOnce() {
        turn(throttle(1, 1, MINUTE), "a");

        assertThat(turn(throttle(4, 1, MINUTE), "a")).isEqualTo(SECOND / 4);
    }

    @Test
    void aBudgetComesBackWhenItsWindowHasPassed() {
        // Given
        Action.Budget ten = budget(10);
        meters.spend("r", ten, asker("a"), "fp", 6, 60);

        // When
        now += 30 * SECOND;
        boolean before = meters.isSpent("r", ten, asker("a"), "fp");
        meters.spend("r", ten, asker("a"), "fp", 4, 40);
        boolean after = meters.isSpent("r", ten, asker("a"), "fp");
        now += 35 * SECOND;
        boolean later = meters.isSpent("r", ten, asker("a"), "fp");

        // Then
        assertThat(new boolean[] {before, after, later}).containsExactly(false, true, false);
        assertThat(meters.isSpent("r", ten, asker("b"), "fp")).isFalse();
        assertThat(meters.isSpent("other", ten, asker("a"), "fp")).isFalse();
    }

    @Test
    void expressionsAreToldWhatIsCountedForThem() {
        // Given
        Metered asked = new Metered(Key.USER, MINUTE);

        // When
        meters.count(Set.of(asked), asker("a"), "fp", 3, 30);
        meters.count(Set.of(asked), asker("a"), "other", 4, 40);

        // Then
        assertThat(meters.rows(Key.USER, MINUTE, asker("a"), "fp")).isEqualTo(7);
        assertThat(meters.bytes(Key.USER, MINUTE, asker("a"), "fp")).isEqualTo(70);
        assertThat(meters.rows(Key.DATABASE, MINUTE, asker("a"), "fp")).isZero();
    }

    @Test
    void keysBeyondTheBoundShareOne() {
        // Given
        for (int i = 0; i < Meters.KEYS_MAX; i++) {
            meters.spend("r", budget(10), asker("u" + i), "fp", 1, 1);
        }

        // When
        meters.spend("r", budget(10), asker("late"), "fp", 6, 1);
        meters.spend("r", budget(10), asker("later"), "fp", 6, 1);

        // Then
        assertThat(Objects.requireNonNull(telemetry.snapshot().get(Metric.RULES_METERS_FULL)))
                .isPositive();
        assertThat(meters.isSpent("r", budget(10), asker("latest"), "fp")).isTrue();
        assertThat(meters.isSpent("r", budget(10), asker("u1"), "fp")).isFalse();
        now += 120 * SECOND;
        assertThat(meters.isSpent("r", budget(10), asker("latest"), "fp")).isFalse();
    }
}
