package io.pgweir.audit.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pgweir.telemetry.Histogram;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SpreadTest {
    private static Map<String, @Nullable Object> spread(Iterable<Long> nanos) {
        Histogram histogram = new Histogram();
        nanos.forEach(histogram::record);
        return Spread.of(histogram.counts());
    }

    private static List<BigDecimal> values(Map<String, @Nullable Object> spread) {
        return ((List<?>) Objects.requireNonNull(spread.get("Values")))
                .stream().map(BigDecimal.class::cast).toList();
    }

    @Test
    void oneIsToldExactly() {
        // When
        Map<String, @Nullable Object> spread = spread(List.of(1_700L));
        // Then
        assertThat(spread)
                .containsEntry("Values", List.of(new BigDecimal("0.0000017")))
                .containsEntry("Counts", List.of(1L))
                .containsEntry("Count", 1L)
                .containsEntry("Min", new BigDecimal("0.0000017"))
                .containsEntry("Max", new BigDecimal("0.0000017"))
                .containsEntry("Sum", new BigDecimal("0.0000017"));
    }

    @Test
    void whatIsLongerThanAllBoundsHasTheRest() {
        // When
        Map<String, @Nullable Object> spread = spread(List.of(75_000_000_000L, 400_000L));
        // Then
        assertThat(values(spread).getLast().doubleValue()).isCloseTo(75, within(0.001));
        assertThat(spread).containsEntry("Sum", new BigDecimal("75.0004"));
    }

    @Property(tries = 300)
    void valuesAddUpToTheSumAndStayInTheirBuckets(
            @ForAll @Size(min = 1, max = 200) List<@LongRange(max = 200_000_000_000L) Long> nanos) {
        // When
        Map<String, @Nullable Object> spread = spread(nanos);
        // Then
        List<BigDecimal> values = values(spread);
        List<?> counts = (List<?>) Objects.requireNonNull(spread.get("Counts"));
        assertThat(values)
                .hasSameSizeAs(counts)
                .hasSizeLessThanOrEqualTo(25)
                .isSorted()
                .doesNotHaveDuplicates();
        Histogram histogram = new Histogram();
        nanos.forEach(histogram::record);
        long[] each = histogram.counts().each();
        long[] bounds = Histogram.bounds();
        double sum = 0;
        int next = 0;
        for (int i = 0; i < each.length; i++) {
            if (each[i] > 0) {
                long value = values.get(next).movePointRight(9).longValueExact();
                assertThat(value).isBetween(i == 0 ? 0 : bounds[i - 1], i < bounds.length ? bounds[i] : Long.MAX_VALUE);
                assertThat(counts.get(next++)).isEqualTo(each[i]);
                sum += value / 1e9 * each[i];
            }
        }
        assertThat(next).isEqualTo(values.size());
        assertThat(sum).isCloseTo(nanos.stream().mapToLong(Long::longValue).sum() / 1e9, within(1e-6));
        assertThat(spread).containsEntry("Count", (long) nanos.size());
    }
}
