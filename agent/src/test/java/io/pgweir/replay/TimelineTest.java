package io.pgweir.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long MILLI = 1_000_000;

    private static long sum(Timeline line) {
        return Arrays.stream(line.counts()).sum();
    }

    @Test
    void stretchesDoubleWhenTimeGoesBeyondTheLast() {
        // Given
        Timeline line = new Timeline();
        line.add(0, 1);
        line.add(MILLI, 2);
        line.add(5 * MILLI, 3);

        // When
        line.add(600 * MILLI, 4);

        // Then
        assertThat(line.stretchNanos()).isEqualTo(2 * MILLI);
        assertThat(line.counts()).hasSize(301).startsWith(3, 0, 3, 0).endsWith(4);
    }

    @Property(tries = 200)
    void nothingIsLostHoweverLongItTakes(
            @ForAll @Size(max = 50) long[] first, @ForAll @Size(max = 50) @LongRange(min = 0) long[] second) {
        // Given
        Timeline one = new Timeline();
        Timeline other = new Timeline();
        Timeline both = new Timeline();

        // When
        for (long nanos : first) {
            one.add(nanos, 1);
            both.add(nanos, 1);
        }
        for (long nanos : second) {
            other.add(nanos, 1);
            both.add(nanos, 1);
        }
        one.add(other);

        // Then
        assertThat(sum(both)).isEqualTo(first.length + second.length);
        assertThat(one.counts()).isEqualTo(both.counts());
        assertThat(one.stretchNanos()).isEqualTo(both.stretchNanos());
        assertThat(new Timeline(one.stretchNanos(), one.counts()).counts()).isEqualTo(one.counts());
    }

    @Test
    void stretchesThatNoLineHasAreRefused() {
        assertThatThrownBy(() -> new Timeline(3 * MILLI, new long[1]))
                .hasMessageContaining("1 stretches of 3000000 ns");
        assertThatThrownBy(() -> new Timeline(MILLI, new long[601])).hasMessageContaining("601 stretches");
    }
}
