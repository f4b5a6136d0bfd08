package io.pgweir.routing.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockStartTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            begin                                                          | PLAIN
            BEGIN WORK                                                     | PLAIN
            start transaction                                              | PLAIN
            begin transaction isolation level read committed               | PLAIN
            begin read only                                                | READ_ONLY
            start transaction read only, isolation level read committed    | READ_ONLY
            begin isolation level read committed read only                 | READ_ONLY
            begin read write                                               | NONE
            begin read only, read write                                    | NONE
            begin isolation level repeatable read, read only               | NONE
            begin isolation level serializable, read only, deferrable      | NONE
            begin isolation level read uncommitted                         | NONE
            begin read only not deferrable                                 | NONE
            begin atomic                                                   | NONE
            select 'begin'                                                 | NONE
            """)
    void beginSaysWhetherAnotherNodeCanTakeTheBlockOver(String sql, BlockStart start) {
        assertThat(BlockStart.of(statement(sql))).isEqualTo(start);
    }

    @ParameterizedTest
    @ValueSource(strings = {"commit", "END", "rollback work", "abort transaction", "commit /* x */ work"})
    void anEndIsOneAndNothingElse(String sql) {
        assertThat(BlockStart.isEnd(statement(sql))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "commit and chain",
                "rollback and no chain",
                "rollback to a",
                "commit prepared 'a'",
                "prepare transaction 'a'",
                "select 1"
            })
    void whatGoesOnIsNoEnd(String sql) {
        assertThat(BlockStart.isEnd(statement(sql))).isFalse();
    }

    private static SqlStatement statement(String sql) {
        return SqlScript.of(sql, LexicalRules.DEFAULT).statements().getFirst();
    }
}
