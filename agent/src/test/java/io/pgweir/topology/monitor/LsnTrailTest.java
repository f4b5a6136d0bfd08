package io.pgweir.topology.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LsnTrailTest {
    private final LsnTrail trail = new LsnTrail();

    @Test
    void anIdleLeaderMakesNobodyLate() {
        // Given
        trail.record(100, 0);
        trail.record(100, 3_600_000);

        // Then
        assertThat(trail.ageNanos(100, 3_600_000)).isZero();
        assertThat(trail.ageNanos(99, 3_600_000)).isEqualTo(-1);
    }

    @Test
    void aPositionIsAsOldAsTheLastTimeTheLeaderWasThere() {
        // Given
        trail.record(100, 10);
        trail.record(200, 20);
        trail.record(300, 30);

        // Then
        assertThat(trail.ageNanos(300, 31)).isEqualTo(1);
        assertThat(trail.ageNanos(299, 31)).isEqualTo(11);
        assertThat(trail.ageNanos(100, 31)).isEqualTo(21);
        assertThat(trail.last()).isEqualTo(300);
        assertThat(trail.lastAgeNanos(35)).isEqualTo(5);
    }

    @Test
    void anEndThatGoesBackIsAnotherHistory() {
        // Given
        trail.record(300, 30);

        // When
        trail.record(200, 40);

        // Then
        assertThat(trail.ageNanos(200, 45)).isEqualTo(5);
        assertThat(new LsnTrail().last()).isEqualTo(-1);
    }

    /** However many samples there were: never too little. */
    @Property(tries = 50)
    void anAgeIsAnUpperBound(@ForAll @IntRange(min = 1, max = 5000) int samples, @ForAll @IntRange(max = 5000) int of) {
        // Given
        LsnTrail sampled = new LsnTrail();
        for (int i = 0; i < samples; i++) {
            sampled.record(10L * i, i);
        }

        // When
        int position = of % samples;
        long age = sampled.ageNanos(10L * position + 5, samples);

        // Then
        assertThat(age == -1 || age >= samples - position).isTrue();
        assertThat(sampled.ageNanos(10L * (samples - 1), samples)).isEqualTo(1);
    }
}
