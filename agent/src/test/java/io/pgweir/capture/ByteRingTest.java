package io.pgweir.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteRingTest {
    private static final int PRODUCERS = 4;
    private static final int RECORDS = 20_000;

    @Test
    void everythingComesOutAsItWentInAndInEachOnesOrder() throws InterruptedException {
        // Given
        ByteRing ring = new ByteRing(1 << 14);
        List<Thread> producers = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            int producer = i;
            producers.add(Thread.ofPlatform().start(() -> produce(ring, producer)));
        }

        // When
        int[] next = new int[PRODUCERS];
        int[] broken = new int[1];
        ByteBuffer view = ring.view();
        for (int got = 0; got < PRODUCERS * RECORDS; ) {
            int[] count = new int[1];
            ring.drain(view, 4096, bytes -> {
                count[0]++;
                int producer = bytes.getInt();
                if (bytes.getInt() != next[producer]++ || !isFilled(bytes)) {
                    broken[0]++;
                }
            });
            got += count[0];
        }
        for (Thread producer : producers) {
            producer.join();
        }

        // Then
        assertThat(broken[0]).isZero();
        assertThat(next).containsOnly(RECORDS);
        assertThat(ring.waiting()).isZero();
    }

    @Test
    void fullRingTakesNothingAndHasRoomAgain() {
        // Given
        ByteRing ring = new ByteRing(1024);
        int taken = 0;
        for (int at = ring.claim(100); at != ByteRing.FULL; at = ring.claim(100)) {
            ring.commit(at, 100);
            taken++;
        }

        // When
        List<Integer> lengths = new ArrayList<>();
        ring.drain(ring.view(), Integer.MAX_VALUE, bytes -> lengths.add(bytes.remaining()));

        // Then
        assertThat(taken).isEqualTo(9);
        assertThat(lengths).hasSize(9).containsOnly(100);
        assertThat(ring.claim(100)).isNotEqualTo(ByteRing.FULL);
    }

    @Test
    void whatWasDiscardedDoesNotComeOut() {
        // Given
        ByteRing ring = new ByteRing(1024);
        ring.discard(ring.claim(50), 50);
        ring.commit(ring.claim(7), 7);

        // When
        List<Integer> lengths = new ArrayList<>();
        ring.drain(ring.view(), Integer.MAX_VALUE, bytes -> lengths.add(bytes.remaining()));

        // Then
        assertThat(lengths).containsExactly(7);
    }

    private static void produce(ByteRing ring, int producer) {
        ByteBuffer view = ring.view();
        Random random = new Random(producer);
        for (int i = 0; i < RECORDS; i++) {
            int length = 8 + random.nextInt(300);
            int at = ring.claim(length);
            while (at == ByteRing.FULL) {
                Thread.onSpinWait();
                at = ring.claim(length);
            }
            view.limit(at + length).position(at);
            view.putInt(producer).putInt(i);
            while (view.hasRemaining()) {
                view.put((byte) (producer + 1));
            }
            ring.commit(at, length);
        }
    }

    private static boolean isFilled(ByteBuffer bytes) {
        byte first = bytes.hasRemaining() ? bytes.get(bytes.position()) : 0;
        while (bytes.hasRemaining()) {
            if (bytes.get() != first) {
                return false;
            }
        }
        return true;
    }
}
