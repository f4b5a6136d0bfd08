package io.pgweir.sql.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in a statement: never an exception, never long, never complete where it was not read to the end. */
class HostileStatementsTest {
    private static final Duration TIME_MAX = Duration.ofSeconds(5);
    private static final int MANY = 10_000;

    record Hostile(String name, String sql) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Hostile> hostile() {
        return List.of(
                new Hostile("10 MB literal", "select '" + "x".repeat(10 << 20) + "' from t where '" + "y".repeat(100)),
                new Hostile("10 MB of tokens", "select " + "a,".repeat(5 << 20) + "a from t"),
                new Hostile("10 MB comment", "select 1 /*" + "/*".repeat(5 << 20)),
                new Hostile("parentheses", "select " + "(".repeat(MANY) + "1" + ")".repeat(MANY)),
                new Hostile("open parentheses", "select " + "(".repeat(MANY)),
                new Hostile("sub-selects", "select (".repeat(MANY) + "1" + ")".repeat(MANY)),
                new Hostile("derived", "select * from (".repeat(3000) + "t" + ")".repeat(3000)),
                new Hostile("joins in parentheses", "select * from " + "(".repeat(MANY) + "t" + ")".repeat(MANY)),
                new Hostile("CASE", "select " + "case when ".repeat(MANY) + "1" + " then 1 end".repeat(MANY)),
                new Hostile("open CASE", "select " + "case ".repeat(MANY)),
                new Hostile("NOT", "delete from t where " + "not ".repeat(MANY) + "true"),
                new Hostile("brackets", "select array" + "[".repeat(MANY) + "]".repeat(MANY)),
                new Hostile("subscripts", "select a" + "[1]".repeat(4000)),
                new Hostile("casts", "select 1" + "::int".repeat(4000)),
                new Hostile("dots", "select a" + ".b".repeat(9000)),
                new Hostile("operators", "select " + "+".repeat(100_000) + "1"),
                new Hostile("OR", "delete from t where a = 1" + " or b = 2".repeat(4000)),
                new Hostile("IS NULL", "delete from t where a is null" + " or b is not null".repeat(3000)),
                new Hostile("unions", "select 1" + " union select 2".repeat(6000)),
                new Hostile("joins", "select * from t" + ", t".repeat(9000)),
                new Hostile("WITH in WITH", "with a as (".repeat(3000) + "select 1" + ") select 1".repeat(3000)),
                new Hostile(
                        "WITH RECURSIVE",
                        "with recursive " + "a as (select 1), ".repeat(2000) + "b as (select 1) table b"),
                new Hostile("stars over stars", stars()),
                new Hostile("lineage", lineage()),
                new Hostile("names over names", names()),
                new Hostile(
                        "JSON_TABLE",
                        "select * from json_table(a, '$' columns (" + "nested path '$' columns (".repeat(3000)),
                new Hostile("grouping sets", "select 1 from t group by " + "grouping sets (".repeat(5000)),
                new Hostile("EXPLAIN", "explain ".repeat(MANY) + "select 1"),
                new Hostile("IN list", "select * from t where a in (1" + ", 2".repeat(100_000) + ")"));
    }

    /** Each level names all columns of the one below. */
    private static String stars() {
        StringBuilder sql = new StringBuilder("select * from ");
        for (int i = 0; i < 60; i++) {
            sql.append("(select x.*, x.* from ");
        }
        sql.append("(select a, b from t) x");
        for (int i = 0; i < 60; i++) {
            sql.append(") x");
        }
        return sql.toString();
    }

    private static String lineage() {
        StringBuilder sql = new StringBuilder("with w0 as (select f(");
        for (int i = 0; i < 1000; i++) {
            sql.append(i == 0 ? "" : ", ").append('c').append(i);
        }
        sql.append(") x from t)");
        for (int i = 1; i < 50; i++) {
            sql.append(", w").append(i).append(" as (select ");
            for (int j = 0; j < 50; j++) {
                sql.append(j == 0 ? "" : ", ").append("x as x").append(j == 0 ? "" : j);
            }
            sql.append(" from w").append(i - 1).append(')');
        }
        return sql.append(" select * from w49").toString();
    }

    /** Columns that are not there, of sources that could be anything. */
    private static String names() {
        StringBuilder sql = new StringBuilder("select ");
        for (int i = 0; i < 3000; i++) {
            sql.append(i == 0 ? "" : ", ").append('n').append(i);
        }
        sql.append(" from (select ");
        for (int i = 0; i < 1600; i++) {
            sql.append(i == 0 ? "" : ", ").append("x a").append(i);
        }
        sql.append(" from (select f(");
        for (int i = 0; i < 1000; i++) {
            sql.append(i == 0 ? "" : ", ").append('c').append(i);
        }
        return sql.append(") x from t) y) z").toString();
    }

    private static StatementFacts facts(String sql, LexicalRules rules) {
        StatementFacts last = null;
        FactsCache cache = new FactsCache(1 << 20);
        for (SqlStatement statement : SqlScript.of(sql, rules).statements()) {
            last = cache.of(statement);
        }
        assertThat(cache.bytes()).isLessThanOrEqualTo(1 << 20);
        return last == null ? cache.of(SqlScript.of("?", rules).statements().getFirst()) : last;
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void whateverStandsThereTakesBoundedTime(Hostile hostile) {
        assertTimeoutPreemptively(TIME_MAX, () -> facts(hostile.sql(), LexicalRules.DEFAULT));
    }

    /** Near-SQL: keywords where names stand and the other way round, cut anywhere. */
    @Property(tries = 2000)
    void noMixtureOfTokensIsTooMuch(@ForAll("soup") List<String> tokens) {
        String sql = String.join(" ", tokens);
        assertThatCode(() -> facts(sql, LexicalRules.DEFAULT)).doesNotThrowAnyException();
        assertThatCode(() -> facts(sql, new LexicalRules(false))).doesNotThrowAnyException();
    }

    @Provide
    Arbitrary<List<String>> soup() {
        return Arbitraries.of(
                        "select",
                        "from",
                        "where",
                        "(",
                        ")",
                        ",",
                        "a",
                        "b",
                        "\"c\"",
                        ".",
                        "*",
                        "1",
                        "'x'",
                        "$1",
                        "=",
                        "and",
                        "or",
                        "not",
                        "with",
                        "recursive",
                        "as",
                        "insert",
                        "into",
                        "values",
                        "update",
                        "set",
                        "delete",
                        "using",
                        "merge",
                        "when",
                        "matched",
                        "then",
                        "join",
                        "on",
                        "left",
                        "lateral",
                        "union",
                        "order",
                        "by",
                        "group",
                        "limit",
                        "fetch",
                        "first",
                        "rows",
                        "only",
                        "for",
                        "share",
                        "of",
                        "case",
                        "end",
                        "cast",
                        "::",
                        "[",
                        "]",
                        "array",
                        "row",
                        "extract",
                        "json_table",
                        "xmltable",
                        "columns",
                        "explain",
                        "analyze",
                        "copy",
                        "to",
                        "create",
                        "table",
                        "view",
                        "alter",
                        "add",
                        "column",
                        "default",
                        "check",
                        "references",
                        "drop",
                        "grant",
                        "truncate",
                        "lock",
                        "prepare",
                        "execute",
                        "declare",
                        "cursor",
                        "returning",
                        "conflict",
                        "do",
                        "is",
                        "null",
                        "in",
                        "like",
                        "between",
                        "exists",
                        "over",
                        "partition",
                        "filter",
                        "within",
                        ";",
                        "U&\"d\\0061\"",
                        "uescape",
                        "interval",
                        "double",
                        "precision",
                        "trim",
                        "both",
                        "position",
                        "rule",
                        "trigger",
                        "index",
                        "policy",
                        "grouping",
                        "sets",
                        "collate",
                        "operator",
                        "at",
                        "time",
                        "zone",
                        "true",
                        "only",
                        "tablesample",
                        "search",
                        "cycle")
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Property(tries = 500)
    void noCutOfAStatementIsTooMuch(@ForAll("cuts") String sql) {
        assertThatCode(() -> facts(sql, LexicalRules.DEFAULT)).doesNotThrowAnyException();
    }

    @Provide
    Arbitrary<String> cuts() {
        String whole = """
                with recursive r (a) as (select x.b::numeric(3)[1], $1 from only s.t x left join lateral (table u) y using (i) union all
                select 1 from r where e'\\'' = $$a$$ and (b, c) in (values (1, 2)) group by grouping sets ((a), ()) order by 1 desc nulls last)
                insert into z (a) select extract(epoch from a), json_object('k' : v), case a when 1 then 2 end, count(*) filter (where a)
                over (partition by b rows between 1 preceding and current row) from r on conflict (a) do update set (a, b) = (1, 2) returning *
                """;
        return Arbitraries.integers().between(0, whole.length()).map(end -> whole.substring(0, end));
    }
}
