package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SqlScriptTest {

    private static List<String> split(String text) {
        return SqlScript.of(text, LexicalRules.DEFAULT).statements().stream()
                .map(SqlStatement::text)
                .toList();
    }

    @Test
    void semicolonsEndStatementsAndEmptyOnesVanish() {
        assertThat(split(" select 1 ;; -- no\n select ';' ; /* ; */ ")).containsExactly("select 1", "select ';'");
        assertThat(split(" ; -- ;\n /*;*/ ")).isEmpty();
    }

    @Test
    void aRuleKeepsItsActionsTogether() {
        assertThat(split("create rule r as on insert to t do also (insert into a values (1); delete from b); select 2"))
                .containsExactly(
                        "create rule r as on insert to t do also (insert into a values (1); delete from b)",
                        "select 2");
    }

    @Test
    void anAtomicBodyKeepsItsStatementsTogether() {
        String function = "create or replace function f(a int) returns int begin atomic "
                + "select case when a > 0 then 1 end; select 1 end; select 2 as end; return 3; end";
        assertThat(split(function + "; select 4")).containsExactly(function, "select 4");
        assertThat(split("create procedure p() begin atomic end; select 1")).hasSize(2);
    }

    @Test
    void beginIsAStatementWhereNoRoutineIsCreated() {
        assertThat(split("begin; select 1; end; select 2")).hasSize(4);
        assertThat(split("create function f() returns int as $$ begin atomic; $$ language sql; select 1"))
                .hasSize(2);
    }

    @Test
    void aParenthesisThatNeverClosesTakesTheRest() {
        assertThat(split("select (1; select 2")).hasSize(1);
        assertThat(split("select 1); select 2")).hasSize(2);
    }

    @Test
    void aBackslashEscapesWhereTheSessionSaysSo() {
        String text = "select 'a\\'; select 2 --'";
        assertThat(SqlScript.of(text, new LexicalRules(true)).statements()).hasSize(2);
        assertThat(SqlScript.of(text, new LexicalRules(false)).statements()).hasSize(1);
    }
}
