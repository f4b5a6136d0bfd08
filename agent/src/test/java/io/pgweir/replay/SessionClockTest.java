package io.pgweir.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionClockTest {
    private static final long START = 1_000;
    private final Results results = new Results();
    private final SessionClock clock = new SessionClock(new Pace(START, 0, 2), results);

    private static Step.Send send(long nanos, long think) {
        return new Step.Send(nanos, (byte) 'Q', new byte[0], 1, new String[0], 0, 0, think);
    }

    @Test
    void aMessageIsDueAtItsTimeOrWhenItsClientHasThought() {
        assertThat(clock.due(send(200, 100), 0)).isEqualTo(START + 100);
        clock.onSent(START + 100, START + 100);

        // Answered early: at its time. Late: thought for half as long, at twice the speed.
        assertThat(clock.due(send(400, 100), START + 110)).isEqualTo(START + 200);
        assertThat(clock.due(send(400, 100), START + 180)).isEqualTo(START + 230);
    }

    @Test
    void whatFollowsWithoutAnAnswerIsAsFarBehindAsWhatWentBefore() {
        clock.onSent(clock.due(send(400, 100), START + 180), START + 230);

        assertThat(clock.due(send(420, -1), START + 180)).isEqualTo(START + 240);
        assertThat(results.summary().behind().getMaxValue()).isEqualTo(30);
    }

    @Test
    void whatTheReplayWasLateByIsMadeUpFor() {
        clock.onSent(clock.due(send(200, 100), 0), START + 150);

        // Answered 20 after it was asked, and so at 120 where it had been in time.
        assertThat(clock.due(send(400, 100), START + 170)).isEqualTo(START + 200);
        assertThat(results.summary().late().getMaxValue()).isEqualTo(50);
    }
}
