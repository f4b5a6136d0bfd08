package io.pgweir.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Action.Block BLOCK = new Action.Block("42501", "no", null, null);
    private static final Action.Close CLOSE = new Action.Close("57P01", "go", null);
    private static final Action.Limit LIMIT = new Action.Limit(10, Long.MAX_VALUE, "54000", "too many rows");
    private static final Action.Exclude EXCLUDE = new Action.Exclude();

    @Test
    void noHitsAreNoVerdict() {
        assertThat(Verdict.of(RuleSet.NONE, List.of())).isSameAs(Verdict.NONE);
        assertThat(Verdict.NONE.strongest()).isNull();
        assertThat(Verdict.NONE.isExcluded()).isFalse();
    }

    @Test
    void theStrongestActionIsTheFirstOfTheLattice() {
        // When
        Verdict verdict = verdict(enforced("limits", LIMIT), enforced("closes", CLOSE), enforced("blocks", BLOCK));

        // Then
        assertThat(verdict.strongest()).isEqualTo(CLOSE);
        assertThat(verdict.block()).isEqualTo(BLOCK);
        assertThat(verdict.limits()).containsExactly(LIMIT);
        assertThat(verdict.ruleOf(LIMIT)).isEqualTo("limits");
    }

    @Test
    void ofTwoBlocksTheMoreSevereRulesIsTold() {
        // Given
        Action.Block severe = new Action.Block("42501", "really not", null, null);

        // When
        Verdict verdict = verdict(
                enforced("low", BLOCK),
                new Hit("high", Severity.CRITICAL, Mode.ENFORCE, false, null, List.of(severe)),
                enforced("last", BLOCK));

        // Then
        assertThat(verdict.block()).isEqualTo(severe);
        assertThat(verdict.strongest()).isEqualTo(severe);
    }

    @Test
    void shadowAndExemptHitsAreToldAndDoNothing() {
        // When
        Verdict verdict = verdict(
                new Hit("shadow", Severity.HIGH, Mode.SHADOW, false, null, List.of(BLOCK)),
                new Hit("exempt", Severity.HIGH, Mode.ENFORCE, false, "until tomorrow", List.of(CLOSE)));

        // Then
        assertThat(verdict.hits()).hasSize(2);
        assertThat(verdict.strongest()).isNull();
        assertThat(verdict.block()).isNull();
        assertThat(verdict.close()).isNull();
    }

    @Test
    void twoVerdictsTogetherHaveTheHitsOfBoth() {
        // Given
        Verdict one = verdict(enforced("excludes", EXCLUDE));
        Verdict other = verdict(enforced("blocks", BLOCK));

        // Then
        assertThat(one.isExcluded()).isTrue();
        assertThat(one.and(Verdict.NONE)).isSameAs(one);
        assertThat(Verdict.NONE.and(one)).isSameAs(one);
        assertThat(one.and(other).hits()).hasSize(2);
        assertThat(one.and(other).strongest()).isEqualTo(BLOCK);
        assertThat(one.and(other).isExcluded()).isFalse();
    }

    private static Hit enforced(String rule, Action action) {
        return new Hit(rule, Severity.LOW, Mode.ENFORCE, false, null, List.of(action));
    }

    private static Verdict verdict(Hit... hits) {
        return Verdict.of(RuleSet.NONE, List.of(hits));
    }
}
