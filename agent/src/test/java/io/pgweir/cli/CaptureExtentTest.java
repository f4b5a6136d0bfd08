package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.replay.Results.Counts;
import org.junit.jupiter.api.Test;

class CaptureExtentTest {
    private static final CaptureExtent EXTENT = new CaptureExtent(100, 1_000, 5_000);

    private static Counts sent(long messages, long notSent) {
        return new Counts(1, 0, messages, notSent, 0, 0);
    }

    @Test
    void whatHasItsTimesIsAsFarAsItsTimeIs() {
        assertThat(EXTENT.share(sent(0, 0), 1_000, 1)).isEqualTo(0.25);
        assertThat(EXTENT.share(sent(90, 0), 1_000, 2)).isEqualTo(0.5);
        assertThat(EXTENT.share(sent(90, 0), 9_000, 1)).isEqualTo(1);
    }

    @Test
    void whatHasNoneIsAsFarAsItsMessagesAre() {
        assertThat(EXTENT.share(sent(20, 5), 9_000, Double.POSITIVE_INFINITY)).isEqualTo(0.25);
        assertThat(EXTENT.within(2_000, 9_000).share(sent(20, 5), 9_000, Double.POSITIVE_INFINITY))
                .isZero();
    }

    @Test
    void aPartHasItsOwnTimeAndNobodyKnowsItsMessages() {
        assertThat(EXTENT.within(Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo(EXTENT);
        assertThat(EXTENT.within(2_000, 3_000)).isEqualTo(new CaptureExtent(0, 2_000, 3_000));
    }
}
