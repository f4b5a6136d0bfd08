package io.pgweir.routing.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.routing.split.Need.Effect;
import org.junit.jupiter.api.Test;

class NeedTest {
    @Test
    void oneStatementForTheLeaderTakesTheWholeStringThere() {
        assertThat(Need.READ.and(Need.READ)).isEqualTo(Need.READ);
        assertThat(Need.READ.and(Need.leader(Reason.WRITE))).isEqualTo(Need.leader(Reason.WRITE));
        assertThat(Need.leader(Reason.WRITE).and(Need.READ)).isEqualTo(Need.leader(Reason.WRITE));
    }

    @Test
    void reasonThatMayWriteIsTold() {
        // Given
        Need begin = Need.leader(Reason.TRANSACTION_CONTROL);
        Need function = Need.leader(Reason.VOLATILE_FUNCTION, Effect.STATE);

        // When
        Need all = begin.and(Need.READ)
                .and(function)
                .and(Need.leader(Reason.WRITE))
                .and(begin);

        // Then
        assertThat(all).isEqualTo(function);
        assertThat(all.mayWrite()).isTrue();
        assertThat(begin.and(Need.leader(Reason.SETTING)).mayWrite()).isFalse();
    }

    @Test
    void graverEffectCountsWithTheFirstReason() {
        // Given
        Need write = Need.leader(Reason.WRITE);
        Need temporary = Need.leader(Reason.TEMPORARY, Effect.STATE);
        Need setting = Need.leader(Reason.SETTING, Effect.SETTING);

        // When
        Need all = write.and(temporary).and(setting);

        // Then
        assertThat(all).isEqualTo(Need.leader(Reason.WRITE, Effect.STATE));
    }
}
