package io.pgweir.topology.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.LagConfig;
import io.pgweir.config.LagConfig.Unknown;
import io.pgweir.topology.Lag;
import io.pgweir.topology.Lag.Source;
import io.pgweir.topology.monitor.LagGate.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class LagGateTest {
    private static final long MAX = 1000;
    private static final LagConfig BYTES = new LagConfig(MAX, null, Unknown.EXCLUDE, Duration.ofSeconds(10));
    private static final int TEN_MINUTES = 600;

    private long now;

    @Test
    void oneLookOverTheLimitIsEnough() {
        // Given
        LagGate gate = new LagGate(BYTES);

        // Then
        assertThat(at(gate, 0, bytes(1000))).isEqualTo(Verdict.ADMITTED);
        assertThat(at(gate, 3, bytes(1001))).isEqualTo(Verdict.OVER);
    }

    @Test
    void itReturnsWhenItStayedWellUnderForTheWholeTime() {
        // Given
        LagGate gate = new LagGate(BYTES);
        at(gate, 0, bytes(5000));

        // Then
        assertThat(at(gate, 3, bytes(0))).isEqualTo(Verdict.RETURNING);
        assertThat(at(gate, 9, bytes(801))).isEqualTo(Verdict.RETURNING);
        assertThat(at(gate, 12, bytes(800))).isEqualTo(Verdict.RETURNING);
        assertThat(at(gate, 21, bytes(800))).isEqualTo(Verdict.RETURNING);
        assertThat(at(gate, 22, bytes(800))).isEqualTo(Verdict.ADMITTED);
        assertThat(at(gate, 25, bytes(1000))).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void aReturnThatDoesNotLastMakesTheNextOneLater() {
        // Given
        LagGate gate = new LagGate(BYTES);
        at(gate, 0, bytes(5000));
        at(gate, 1, bytes(0));
        assertThat(at(gate, 11, bytes(0))).isEqualTo(Verdict.ADMITTED);

        // When
        at(gate, 20, bytes(5000));
        at(gate, 21, bytes(0));

        // Then
        assertThat(at(gate, 40, bytes(0))).isEqualTo(Verdict.RETURNING);
        assertThat(at(gate, 41, bytes(0))).isEqualTo(Verdict.ADMITTED);
        // A return that lasted is forgiven.
        at(gate, 400, bytes(5000));
        at(gate, 401, bytes(0));
        assertThat(at(gate, 411, bytes(0))).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void unknownIsWhatTheConfigurationSays() {
        // Given
        LagGate excluding = new LagGate(BYTES);
        LagGate allowing = new LagGate(new LagConfig(MAX, null, Unknown.ALLOW, Duration.ofSeconds(10)));

        // Then
        assertThat(at(excluding, 0, Lag.UNKNOWN)).isEqualTo(Verdict.UNKNOWN);
        assertThat(at(excluding, 1, bytes(5)))
                .as("the first measure counts at once")
                .isEqualTo(Verdict.ADMITTED);
        assertThat(at(excluding, 2, Lag.UNKNOWN)).isEqualTo(Verdict.UNKNOWN);
        assertThat(at(excluding, 3, bytes(5))).isEqualTo(Verdict.RETURNING);
        assertThat(at(allowing, 0, Lag.UNKNOWN)).isEqualTo(Verdict.ADMITTED);
        assertThat(at(allowing, 1, bytes(5000))).isEqualTo(Verdict.OVER);
    }

    @Test
    void receivedWalShowsOnlyThatANodeIsBehind() {
        // Given
        LagGate gate = new LagGate(BYTES);

        // Then
        assertThat(at(gate, 0, new Lag(0, Source.PATRONI_RECEIVED, 0, Source.UNKNOWN)))
                .isEqualTo(Verdict.UNKNOWN);
        assertThat(at(gate, 1, new Lag(1001, Source.PATRONI_RECEIVED, 0, Source.UNKNOWN)))
                .isEqualTo(Verdict.OVER);
    }

    @Test
    void timeIsALimitOfItsOwn() {
        // Given
        LagGate gate = new LagGate(new LagConfig(0, Duration.ofSeconds(5), Unknown.EXCLUDE, Duration.ofSeconds(10)));

        // Then
        assertThat(at(gate, 0, new Lag(1 << 30, Source.SQL, seconds(5), Source.SQL)))
                .isEqualTo(Verdict.ADMITTED);
        assertThat(at(gate, 3, new Lag(0, Source.SQL, seconds(5) + 1, Source.SQL)))
                .isEqualTo(Verdict.OVER);
        assertThat(at(gate, 6, new Lag(0, Source.SQL, 0, Source.UNKNOWN))).isEqualTo(Verdict.UNKNOWN);
    }

    /** A lag that swings around its limit takes the node out once, and it stays out. */
    @Property(tries = 300)
    void swingingAroundTheLimitFlapsNever(@ForAll("around") List<Integer> lags) {
        // Given
        LagGate gate = new LagGate(BYTES);
        int returns = 0;
        boolean admitted = true;

        // When
        for (int second = 0; second < TEN_MINUTES; second++) {
            boolean nowAdmitted = at(gate, second, bytes(lags.get(second % lags.size()))) == Verdict.ADMITTED;
            returns += nowAdmitted && !admitted ? 1 : 0;
            admitted = nowAdmitted;
        }

        // Then
        assertThat(returns).isZero();
    }

    @Provide
    Arbitrary<List<Integer>> around() {
        return Arbitraries.integers().between(801, 1400).list().ofMinSize(1).ofMaxSize(120);
    }

    /** Whatever the lag does: never in while over, never back before its time, and not often. */
    @Property(tries = 300)
    void noLagMakesANodeFlap(@ForAll("any") List<Integer> lags) {
        // Given
        LagGate gate = new LagGate(BYTES);
        int returns = 0;
        int wellUnder = 0;
        boolean admitted = true;

        // When
        for (int second = 0; second < TEN_MINUTES; second++) {
            int lag = lags.get(second % lags.size());
            boolean nowAdmitted = at(gate, second, bytes(lag)) == Verdict.ADMITTED;
            wellUnder = lag <= 800 ? wellUnder + 1 : 0;
            // Then
            assertThat(nowAdmitted && lag > MAX).isFalse();
            if (nowAdmitted && !admitted && second > 0) {
                assertThat(wellUnder).isGreaterThanOrEqualTo(10);
                returns++;
            }
            admitted = nowAdmitted;
        }
        assertThat(returns).isLessThanOrEqualTo(6);
    }

    /** Long calms between short storms, the worst case of a dwell time. */
    @Provide
    Arbitrary<List<Integer>> any() {
        Arbitrary<List<Integer>> calm =
                Arbitraries.integers().between(1, 60).map(n -> java.util.Collections.nCopies(n, 0));
        Arbitrary<List<Integer>> storm =
                Arbitraries.integers().between(0, 3000).list().ofMinSize(1).ofMaxSize(5);
        return Arbitraries.oneOf(calm, storm)
                .list()
                .ofMinSize(1)
                .ofMaxSize(30)
                .map(parts -> parts.stream().flatMap(List::stream).toList());
    }

    private Verdict at(LagGate gate, long second, Lag lag) {
        now = seconds(second);
        return gate.judge(lag, now);
    }

    private static Lag bytes(long bytes) {
        return new Lag(bytes, Source.SQL, 0, Source.SQL);
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
