package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementCacheTest {
    private static final LexicalRules RULES = LexicalRules.DEFAULT;

    @Test
    void theSameTextIsSplitOnce() {
        StatementCache cache = new StatementCache(10_000);
        assertThat(cache.get("select 1", RULES)).isSameAs(cache.get("select 1", RULES));
    }

    @Test
    void whatCameOnceIsNotKept() {
        // Given
        StatementCache cache = new StatementCache(10_000);

        // When
        for (int i = 0; i < 100; i++) {
            cache.get("select " + i, RULES);
        }

        // Then
        assertThat(cache.bytes()).isZero();
    }

    @Test
    void whatComesAgainIsKept() {
        // Given
        StatementCache cache = new StatementCache(10_000);
        cache.get("select 1", RULES);
        cache.get("select 2", RULES);

        // When
        SqlScript second = cache.get("select 1", RULES);
        cache.get("select 3", RULES);

        // Then
        assertThat(cache.get("select 1", RULES)).isSameAs(second);
    }

    @Test
    void otherRulesSplitAnew() {
        StatementCache cache = new StatementCache(10_000);
        String text = "select '\\'; select 2 --'";
        assertThat(cache.get(text, new LexicalRules(true)).statements()).hasSize(2);
        assertThat(cache.get(text, new LexicalRules(false)).statements()).hasSize(1);
    }

    @Test
    void theLeastRecentlyUsedLeavesFirst() {
        // Given
        StatementCache cache = new StatementCache(2_000);
        for (int i = 1; i <= 4; i++) {
            cache.get("select " + i, RULES);
        }
        SqlScript first = cache.get("select 1", RULES);
        SqlScript second = cache.get("select 2", RULES);
        cache.get("select 1", RULES);

        // When
        cache.get("select 3", RULES);
        cache.get("select 4", RULES);

        // Then
        assertThat(cache.get("select 1", RULES)).isSameAs(first);
        assertThat(cache.get("select 2", RULES)).isNotSameAs(second);
        assertThat(cache.bytes()).isBetween(1L, 2_000L);
    }

    @Test
    void hugeTextsAreNotKept() {
        StatementCache cache = new StatementCache(1_000_000);
        String huge = "select '" + "x".repeat(StatementCache.TEXT_CHARS_MAX) + "'";
        assertThat(cache.get(huge, RULES)).isNotSameAs(cache.get(huge, RULES));
        assertThat(cache.bytes()).isZero();
    }
}
