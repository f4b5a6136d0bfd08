package io.pgweir.sql.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementClass;
import org.junit.jupiter.api.Test;

class FactsCacheTest {
    private final FactsCache cache = new FactsCache(1 << 20);

    private static SqlStatement statement(String sql) {
        return SqlScript.of(sql, LexicalRules.DEFAULT).statements().getFirst();
    }

    @Test
    void factsAreSharedByFingerprint() {
        // Given
        StatementFacts first = cache.of(statement("select a from t where b = 1"));

        // When
        StatementFacts second = cache.of(statement("SELECT a FROM t WHERE b = 'x'"));

        // Then
        assertThat(second).isSameAs(first);
        assertThat(second.command()).isEqualTo("SELECT");
        assertThat(second.statementClass()).isEqualTo(StatementClass.READ);
    }
}
