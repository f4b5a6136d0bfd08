package io.pgweir.audit.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.NativeRecords;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LogBatchTest {
    private static final long DAY_MILLIS = 24L * 60 * 60 * 1000;

    private static LogEvent event(long millis, int bytes) {
        return new LogEvent(NativeRecords.heartbeat(1), millis, "", bytes);
    }

    private static List<Integer> sizes(List<LogEvent> events) {
        return LogBatch.of(events).stream().map(batch -> batch.events().size()).toList();
    }

    @Test
    void exactlyTheLargestBatchIsOne() {
        // 1,048,576 = 2 * 26 + 524,262 * 2
        assertThat(sizes(List.of(event(0, 524_262), event(0, 524_262)))).containsExactly(2);
        assertThat(sizes(List.of(event(0, 524_262), event(0, 524_263)))).containsExactly(1, 1);
    }

    @Test
    void theLargestEventFillsABatch() {
        assertThat(sizes(List.of(event(0, 1_048_550)))).containsExactly(1);
        assertThat(sizes(List.of(event(0, 1), event(0, 1_048_550), event(0, 1))))
                .containsExactly(1, 1, 1);
    }

    @Test
    void tenThousandEventsAreABatch() {
        List<LogEvent> events = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            events.add(event(i, 1));
        }
        assertThat(sizes(events)).containsExactly(10_000);
        events.add(event(10_000, 1));
        assertThat(sizes(events)).containsExactly(10_000, 1);
    }

    @Test
    void aBatchSpansADayAndNotAMillisecondMore() {
        assertThat(sizes(List.of(event(0, 1), event(DAY_MILLIS, 1)))).containsExactly(2);
        assertThat(sizes(List.of(event(0, 1), event(DAY_MILLIS + 1, 1)))).containsExactly(1, 1);
    }

    @Test
    void eventsOfTheSameTimeStayInOrder() {
        // Given
        LogEvent second = event(5, 2);
        LogEvent third = event(5, 3);
        LogEvent first = event(4, 9);
        // When // Then
        assertThat(LogBatch.of(List.of(second, third, first)).getFirst().events())
                .containsExactly(first, second, third);
    }

    @Test
    void nothingIsNoBatch() {
        assertThat(LogBatch.of(List.of())).isEmpty();
    }

    @Property(tries = 200)
    void everyBatchIsWithinAllLimitsAndNothingIsLeftOut(
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 1_048_550) Integer> sizes,
            @ForAll @Size(60) List<@IntRange(min = 0, max = 300_000_000) Integer> times) {
        // Given
        List<LogEvent> events = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            events.add(event(times.get(i), sizes.get(i)));
        }
        // When
        List<LogBatch> batches = LogBatch.of(events);
        // Then
        List<LogEvent> put = new ArrayList<>();
        for (LogBatch batch : batches) {
            List<LogEvent> in = batch.events();
            assertThat(in).isNotEmpty().hasSizeLessThanOrEqualTo(10_000);
            assertThat(in.stream().mapToInt(event -> event.bytes() + 26).sum()).isLessThanOrEqualTo(1_048_576);
            assertThat(in.getLast().millis() - in.getFirst().millis()).isBetween(0L, DAY_MILLIS);
            put.addAll(in);
        }
        assertThat(put).containsExactlyInAnyOrderElementsOf(events);
    }
}
