package io.pgweir.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EventQueueTest {

    private static AuditEvent event(long number) {
        return new AuditEvent.AuditStart(number, null);
    }

    @Test
    void capacityIsRoundedUpToAPowerOfTwo() {
        assertThat(new EventQueue(1).capacity()).isEqualTo(2);
        assertThat(new EventQueue(1000).capacity()).isEqualTo(1024);
        assertThat(new EventQueue(1024).capacity()).isEqualTo(1024);
    }

    @Test
    void takesUntilFullAndGivesInOrder() {
        // Given
        EventQueue queue = new EventQueue(4);
        for (int round = 0; round < 10; round++) {
            // When
            for (int i = 0; i < 4; i++) {
                assertThat(queue.offer(event(i))).isEqualTo(4L * round + i);
            }
            // Then
            assertThat(queue.offer(event(4))).isEqualTo(-1);
            assertThat(queue.size()).isEqualTo(4);
            for (int i = 0; i < 4; i++) {
                assertThat(queue.poll()).isEqualTo(event(i));
            }
            assertThat(queue.poll()).isNull();
            assertThat(queue.isEmpty()).isTrue();
        }
    }

    @Test
    @Timeout(60)
    void manyProducersLoseNothingAndKeepTheirOrder() throws InterruptedException {
        // Given
        int producers = 3;
        int each = 50_000;
        EventQueue queue = new EventQueue(64);
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            long base = (long) p << 32;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    while (queue.offer(event(base + i)) < 0) {
                        Thread.onSpinWait();
                    }
                }
            }));
        }
        // When
        AtomicLong[] next = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
        for (int taken = 0; taken < producers * each; ) {
            AuditEvent event = queue.poll();
            if (event == null) {
                Thread.onSpinWait();
                continue;
            }
            taken++;
            // Then
            int producer = (int) (event.micros() >>> 32);
            assertThat(event.micros() & 0xffff_ffffL).isEqualTo(next[producer].getAndIncrement());
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(queue.isEmpty()).isTrue();
    }
}
