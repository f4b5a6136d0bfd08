package io.pgweir.routing.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.routing.split.Need.Effect;
import io.pgweir.routing.split.Need.Where;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintTest {
    @Test
    void commentAnywhereInTheStatementIsAHint() {
        assertThat(hints("/*pgweir: leader*/ select 1; select /* pgweir:REPLICA */ 2; select 3 /*pgweir: leader*/"))
                .containsExactly(Hint.LEADER, Hint.REPLICA, Hint.LEADER);
    }

    @Test
    void textThatOnlyLooksLikeAHintIsNone() {
        assertThat(hints("select '/*pgweir: replica*/'; select 1 -- pgweir: replica\n; select /*pgweir: nowhere*/ 1;"
                        + "select $$/*pgweir: leader*/$$; select /*pgweirs: leader*/ \"/*pgweir: leader*/\""))
                .containsOnly(Hint.NONE)
                .hasSize(5);
    }

    @Test
    void leaderWinsWhereHintsContradictEachOther() {
        assertThat(hints("/*pgweir: replica*/ select /*pgweir: leader*/ 1")).containsExactly(Hint.LEADER);
    }

    @Test
    void replicaOverridesDoubtOnly() {
        // Given
        Need doubt = Need.leader(Reason.VOLATILE_FUNCTION, Effect.STATE);
        Need write = Need.leader(Reason.WRITE);

        // When
        Need obeyed = Hint.REPLICA.appliedTo(doubt);

        // Then
        assertThat(obeyed).isEqualTo(new Need(Where.ANY, Effect.NONE, Reason.HINT_REPLICA));
        assertThat(Hint.REPLICA.appliedTo(write)).isEqualTo(write);
        assertThat(Hint.REPLICA.appliedTo(Need.READ)).isEqualTo(Need.READ);
        assertThat(Hint.LEADER.appliedTo(Need.READ)).isEqualTo(Need.leader(Reason.HINT_LEADER));
        assertThat(Hint.NONE.appliedTo(doubt)).isEqualTo(doubt);
    }

    private static List<Hint> hints(String text) {
        return SqlScript.of(text, new LexicalRules(true)).statements().stream()
                .map(Hint::of)
                .toList();
    }
}
