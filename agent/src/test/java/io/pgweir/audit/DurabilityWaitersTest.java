package io.pgweir.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class DurabilityWaitersTest {
    private final DurabilityWaiters waiters = new DurabilityWaiters();
    private final List<Long> ran = new ArrayList<>();

    private void add(long ticket) {
        waiters.add(ticket, Runnable::run, () -> ran.add(ticket));
    }

    @Test
    void thoseWhoseTicketIsOnDiskRunInItsOrderAndNobodyElse() {
        // Given
        List.of(7L, 3L, 5L, 4L).forEach(this::add);

        // When
        waiters.onDurable(5);

        // Then
        assertThat(ran).containsExactly(3L, 4L);
        assertThat(waiters.isEmpty()).isFalse();
        assertThat(waiters.isDurable(4)).isTrue();
        assertThat(waiters.isDurable(5)).isFalse();
    }

    @Test
    void whoComesLateRunsWithTheNextTurn() {
        // Given
        waiters.onDurable(5);
        add(2);

        // When
        waiters.onDurable(5);

        // Then
        assertThat(ran).containsExactly(2L);
        assertThat(waiters.isEmpty()).isTrue();
    }

    @Test
    void aLoopThatIsGoneDoesNotKeepTheOthersWaiting() {
        // Given
        Executor gone = task -> {
            throw new RejectedExecutionException("shut down");
        };
        waiters.add(1, gone, () -> ran.add(1L));
        add(2);

        // When
        waiters.onDurable(3);

        // Then
        assertThat(ran).containsExactly(2L);
        assertThat(waiters.isEmpty()).isTrue();
    }
}
