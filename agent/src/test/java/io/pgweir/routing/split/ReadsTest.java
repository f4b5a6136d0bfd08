package io.pgweir.routing.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.routing.split.Need.Effect;
import io.pgweir.sql.facts.FactsCache;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadsTest {
    private static final Functions FUNCTIONS = SplitCorpus.functions();

    private final FactsCache facts = new FactsCache(1 << 20);

    @Test
    void corpusIsAnsweredAsItSays() {
        // Given
        List<String> wrong = new ArrayList<>();

        // When
        for (SplitCorpus.Line line : SplitCorpus.lines()) {
            Need need = SplitCorpus.need(line.sql(), FUNCTIONS, facts);
            if (!need.equals(line.need())) {
                wrong.add(need + " (expected: " + line.need() + "): " + line.sql());
            }
        }

        // Then
        assertThat(wrong).isEmpty();
        assertThat(SplitCorpus.lines()).hasSizeGreaterThan(400);
    }

    @Test
    void nineteenOfTwentyReadsMayGoToAReplica() {
        long placed =
                SplitCorpus.lines().stream().filter(SplitCorpus.Line::isReplica).count();
        long doubtful =
                SplitCorpus.lines().stream().filter(SplitCorpus.Line::doubt).count();

        assertThat((double) placed / (placed + doubtful)).isGreaterThan(0.95);
    }

    @Test
    void literalsOfAStatementThatWasMetBeforeDoNotDecide() {
        assertThat(need("select current_setting('app.x')")).isEqualTo(Need.READ);
        assertThat(need("select current_setting('data_directory')")).isEqualTo(Need.leader(Reason.ABOUT_THE_SERVER));
        assertThat(need("select set_config('app.x', 'public', false)").effect()).isEqualTo(Effect.SETTING);
        assertThat(need("select set_config('app.x', 'pg_temp', false)").effect())
                .isEqualTo(Effect.STATE);
    }

    @Test
    void answerIsKeptUntilTheCatalogIsReadAgain() {
        // Given
        Functions later = Functions.of(List.of(new Functions.Row("harmless", null, "write_log", null)));
        Need first = need("select write_log('x')");
        Need again = need("select write_log('y')");

        // When
        Need relabelled = SplitCorpus.need("select write_log('x')", later, facts);

        // Then
        assertThat(again).isSameAs(first).isNotEqualTo(Need.READ);
        assertThat(relabelled).isEqualTo(Need.READ);
    }

    @Test
    void beforeTheCatalogWasReadOnlyWhatNeedsNoneMayGoAnywhere() {
        assertThat(SplitCorpus.need("select 1 + 2, coalesce(null, current_user)", Functions.NONE, facts))
                .isEqualTo(Need.READ);
        assertThat(SplitCorpus.need("select * from orders", Functions.NONE, facts))
                .isEqualTo(Need.leader(Reason.CATALOG_UNKNOWN));
        assertThat(SplitCorpus.need("select count(*)", Functions.NONE, facts))
                .isEqualTo(Need.leader(Reason.CATALOG_UNKNOWN, Effect.STATE));
    }

    @Test
    void tooManyFunctionsAreNone() {
        // Given
        List<Functions.Row> rows = new ArrayList<>();
        for (int i = 0; i <= Functions.ROWS_MAX; i++) {
            rows.add(new Functions.Row("harmless", null, "f" + i, null));
        }

        // When
        Functions functions = Functions.of(rows);

        // Then
        assertThat(functions).isSameAs(Functions.NONE);
    }

    private Need need(String sql) {
        return SplitCorpus.need(sql, FUNCTIONS, facts);
    }
}
