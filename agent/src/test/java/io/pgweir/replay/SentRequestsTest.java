package io.pgweir.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentRequestsTest {
    private final SentRequests requests = new SentRequests();

    @Test
    void whatIsSentAheadCountsFromTheAnswerThatItsClientHadWaitedFor() {
        // Given: the third was sent when only the first had been waited for
        requests.onSent(1, 11, 0, 0, 100);
        requests.onSent(2, 12, 1, 0, 101);
        requests.onSent(3, 13, 2, 0, 102);

        // When
        requests.onReady(1, 200);
        requests.onReady(2, 300);

        // Then
        assertThat(requests.since(1, 0)).isEqualTo(100);
        assertThat(requests.since(2, 0)).isEqualTo(200);
        assertThat(requests.captured(2)).isEqualTo(12);
        assertThat(requests.since(3, 0)).isEqualTo(300);
        assertThat(requests.captured(3)).isEqualTo(13);
    }

    @Test
    void whatNobodyKnowsCountsFromWhenItWasAsked() {
        requests.onSent(1, 11, 0, 0, 100);
        requests.onSent(4, 0, 0, 0, 101);

        assertThat(requests.since(3, 7)).isEqualTo(7);
        assertThat(requests.captured(3)).isZero();
        assertThat(requests.since(4, 7)).isEqualTo(101);
        assertThat(requests.since(5, 8)).isEqualTo(8);
    }
}
