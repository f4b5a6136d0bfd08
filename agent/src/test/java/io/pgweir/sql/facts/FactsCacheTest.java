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

    @Test
    void aFloodOfNewStatementsDrivesNoKnownOneOut() {
        // Given
        cache.of(statement("select a from t where b = 1"));
        StatementFacts known = cache.of(statement("select a from t where b = 2"));

        // When
        for (int i = 0; i < 5000; i++) {
            cache.of(statement("select a" + i + " from t"));
        }

        // Then
        assertThat(cache.of(statement("select a from t where b = 3"))).isSameAs(known);
        assertThat(cache.bytes()).isBetween(1L, 1L << 20);
    }

    @Test
    void oneTextUnderTwoLexicalRulesIsTwoStatements() {
        // Given
        String sql = "select set_config('role', 'a\\\\', false) limit 1";
        StatementFacts plain = cache.of(statement(sql));

        // When
        StatementFacts escaped =
                cache.of(SqlScript.of(sql, new LexicalRules(false)).statements().getFirst());

        // Then
        assertThat(plain.fingerprint()).isEqualTo(escaped.fingerprint());
        assertThat(escaped).isNotSameAs(plain);
    }
}
