package io.pgweir.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class UuidsTest {

    @Test
    void areOfVersionSevenAndGrowEvenWhereTheClockStandsOrGoesBack() {
        // Given
        FakeTime time = new FakeTime(Sample.BASE_MICROS);
        Uuids uuids = new Uuids(time);
        UUID last = new UUID(0, 0);
        for (int i = 0; i < 10_000; i++) {
            if (i == 6000) {
                time.micros.addAndGet(-60_000_000);
            }
            // When
            UUID next = uuids.next();
            // Then
            assertThat(next.version()).isEqualTo(7);
            assertThat(next.variant()).isEqualTo(2);
            assertThat(next.toString()).isGreaterThan(last.toString());
            last = next;
        }
    }

    @Test
    void beginWithTheMilliseconds() {
        assertThat(new Uuids(new FakeTime(Sample.BASE_MICROS)).next().getMostSignificantBits() >>> 16)
                .isEqualTo(Sample.BASE_MICROS / 1000);
    }
}
