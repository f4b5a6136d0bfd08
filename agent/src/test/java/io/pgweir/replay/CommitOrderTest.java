package io.pgweir.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CommitOrderTest {
    private final CommitOrder order = new CommitOrder();
    private final List<String> went = new ArrayList<>();

    @Test
    void whoWaitsGoesWhenAllBeforeItIsDone() {
        assertThat(order.isDone(0, () -> went.add("at once"), 0)).isTrue();
        assertThat(order.isDone(2, () -> went.add("second"), 0)).isFalse();
        assertThat(order.isDone(3, () -> went.add("third"), 0)).isFalse();

        order.onDone(2, 1);
        assertThat(went).isEmpty();
        order.onDone(1, 2);
        assertThat(went).containsExactly("second");
        order.onDone(3, 3);
        order.onDone(3, 4);

        assertThat(went).containsExactly("second", "third");
        assertThat(order.isDone(3, () -> went.add("late"), 5)).isTrue();
        assertThat(order.givenUp()).isZero();
    }

    @Test
    void whereNobodyMovesTheFirstGoesOn() {
        long soon = TimeUnit.SECONDS.toNanos(4);
        long late = TimeUnit.SECONDS.toNanos(6);
        assertThat(order.isDone(5, () -> went.add("fifth"), 0)).isFalse();
        assertThat(order.isDone(3, () -> went.add("third"), 0)).isFalse();
        order.onDone(4, 0);

        order.look(soon);
        assertThat(went).isEmpty();
        order.look(late);

        assertThat(went).containsExactly("third");
        assertThat(order.givenUp()).isEqualTo(1);
        assertThat(order.isDone(4, () -> went.add("fourth"), late)).isTrue();
        order.onDone(5, late);
        assertThat(went).containsExactly("third", "fifth");
        order.look(3 * late);
        assertThat(order.givenUp()).isEqualTo(1);
    }
}
