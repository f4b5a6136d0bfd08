package io.pgweir.proxy.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.rules.Action;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.FactsCache;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewritingTest {
    private final FactsCache facts = new FactsCache(1 << 20);

    private String rewritten(Action.Rewrite rewrite, String sql) {
        SqlStatement statement =
                SqlScript.of(sql, LexicalRules.DEFAULT).statements().getFirst();
        return switch (Rewriting.of(rewrite, statement, facts)) {
            case Rewriting.Result.Same() -> "same";
            case Rewriting.Result.Impossible(String why) -> "impossible";
            case Rewriting.Result.Text(String text) -> text;
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "select * from t | select * from t limit 10",
                "select * from t -- all | select * from t limit 10",
                "select * from t limit 5 | same",
                "select * from t limit 50 | select * from (select * from t limit 50) as pgweir limit 10",
                "select * from t limit $1 | select * from (select * from t limit $1) as pgweir limit 10",
                "select * from t offset 3 | select * from (select * from t offset 3) as pgweir limit 10",
                "select 'limit' from t | select 'limit' from t limit 10",
                "select 1 union select 2 | select 1 union select 2 limit 10",
                "insert into t values (1) | same",
                "insert into t values (1) returning i | impossible",
                "declare c cursor for select * from t | impossible",
                "copy t to stdout | impossible",
                "do 'begin end' | impossible",
            })
    void aRowLimitIsAddedWhereThatIsSafe(String sql, String expected) {
        assertThat(rewritten(new Action.Rewrite.AtMost(10), sql)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "delete from t | select 1",
                "prepare p (int) as delete from t where i = $1 | prepare p (int) as select 1",
                "explain analyze delete from t | impossible",
                "declare c cursor for select 2 | impossible",
                "copy t to stdout | impossible",
                "execute p | impossible",
            })
    void otherWordsTakeTheStatementsPlace(String sql, String expected) {
        assertThat(rewritten(new Action.Rewrite.Replace("select 1"), sql)).isEqualTo(expected);
    }
}
