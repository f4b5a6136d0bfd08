package io.pgweir.sql.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.sql.CopyClause;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementFactsTest {
    private final FactsCache cache = new FactsCache(1 << 20);

    private StatementFacts facts(String sql) {
        return cache.of(SqlScript.of(sql, LexicalRules.DEFAULT).statements().getFirst());
    }

    private static String names(Collection<?> names) {
        TreeSet<String> sorted = new TreeSet<>();
        names.forEach(name -> sorted.add(name.toString()));
        return String.join(" ", sorted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "select * from a | a | ''",
                "select * from s.a x, only b join \"C\" using (i) | C b s.a | ''",
                "select (select 1 from a), exists (values (1)) from b where x in (table c) | a b c | ''",
                "with a as (select * from b) select * from a, s.a | b s.a | ''",
                "with recursive a as (select 1 union all select * from a), b as (select * from c) select * from b | c | ''",
                "with recursive a as (select * from b), b as (select * from c) select * from a | c | ''",
                "with a as (select * from b), b as (select 1) select * from a, b | b | ''",
                "with t as (select 1) insert into t select * from t | '' | t",
                "select * from (((select 1 from a) union select 2 from b) order by 1) x, ((c cross join d)) | a b c d | ''",
                "select * from f(1), lateral (select * from a) b, rows from (g(), h()) as r | a | ''",
                "select * into temp x from a | a | x",
                "insert into a (b) select c from d on conflict (b) do nothing | d | a",
                "insert into a values (1) on conflict (b) do update set b = excluded.b | '' | a",
                "insert into a values (1) on conflict (b) do update set b = a.b | a | a",
                "insert into a values (1) returning * | a | a",
                "update a set b = 1 | '' | a",
                "update a set b = 1 from c where a.i = c.i | a c | a",
                "delete from a | '' | a",
                "delete from a using b where b.i = 1 | b | a",
                "merge into a using b on a.i = b.i when matched then delete | a b | a",
                "with d as (delete from a returning *) select * from d | a | a",
                "explain delete from a | a | ''",
                "explain (analyze, costs off) delete from a | '' | a",
                "prepare p (int) as delete from a where b = $1 | a | a",
                "declare c cursor for select * from a | a | ''",
                "copy a from stdin | '' | a",
                "copy a (b, c) to program 'cat' | a | ''",
                "copy (delete from a returning b) to stdout | a | a",
                "create table a as select * from b | b | a",
                "create table a (b int references c, like d) inherits (e) | c d e | a",
                "create view a as select * from b with check option | b | a",
                "create materialized view a as table b with no data | b | a",
                "create recursive view a (n) as select 1 union select n from a, b | b | a",
                "create index on a (b) where c > 1 | '' | a",
                "create trigger t before update on a for each row execute function f() | '' | a",
                "create rule r as on insert to a do instead (insert into b select * from c; delete from d) | c | a b d",
                "create policy p on a using (exists (select 1 from b)) | b | a",
                "alter table only a add column b int default f(1), attach partition c default | '' | a c",
                "drop table if exists a, s.b cascade | '' | a s.b",
                "truncate a, only b | '' | a b",
                "lock a in access share mode | a | ''",
                "lock table a | '' | a",
                "vacuum full a | '' | a",
                "analyze a (b) | a | ''",
                "refresh materialized view a | '' | a",
                "reindex table a | '' | a",
                "cluster a using i | '' | a",
                "comment on column s.a.b is 'x' | '' | s.a",
                "grant select (b), update on a to r | '' | a",
                "revoke all on table a, b from r | '' | a b",
                "select U&\"d!0061t!+000061\" from U&\"x\\0061\" | xa | ''",
                "select * from U&\"d!0061t!+000061\" uescape '!' | data | ''",
                "fetch all from c | '' | ''",
            })
    void relationsAreThoseOfTheStatement(String sql, String reads, String writes) {
        // When
        StatementFacts facts = facts(sql);

        // Then
        assertThat(facts.incompleteReason()).isNull();
        assertThat(names(facts.reads())).isEqualTo(reads);
        assertThat(names(facts.writes())).isEqualTo(writes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "select f(a), s.g(1), \"H\"(2), left('a', 1) from t | H f left s.g",
                "select current_user, coalesce(a, now()) | now pg_catalog.coalesce pg_catalog.current_user",
                "select extract(epoch from a), substring(b from 1), substring(b, 1) | pg_catalog.extract pg_catalog.substring substring",
                "select xmlparse(document a), trim(both from b) | pg_catalog.trim pg_catalog.xmlparse",
                "select a at time zone 'UTC', b like 'x' escape 'y', a::numeric(3), interval '1' day | ''",
                "select date '2026-01-01', numeric(3, 1) '1', foo(1) 'x' | ''",
                "select U&\"\\0066\"(1), a . f (1) | a.f f",
                "select * from f(g(1)) with ordinality, json_table(h(1), '$' columns (a int path '$')) | f g h pg_catalog.json_table",
                "select count(*) filter (where f(a)) over (order by g(b)) from t group by rollup (h(a)) | count f g h",
                "select set_config('a', f(b), true) | f set_config",
                "create function f() returns int language sql return g(1) | ''",
                "alter table a alter b type int using f(b) | f",
                "copy a from stdin where f(b) | f",
                "select ('x'::text).pg_read_file, (a).b.c | b c pg_read_file",
                "select t.to_json, t.a from t | to_json",
            })
    void functionsAreThoseCalled(String sql, String functions) {
        // When
        StatementFacts facts = facts(sql);

        // Then
        assertThat(facts.incompleteReason()).isNull();
        assertThat(names(facts.functions())).isEqualTo(functions);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select a from t | t.a",
                "select x.a, b from t x, u | b t.a",
                "select * from t | t.*",
                "select x.* from t x, u y | t.*",
                "select x from t x | t.* t.x",
                "select c from t as x (c) | t.*",
                "select x.row_to_json from t x | t.* t.row_to_json",
                "select (select u.b from u where u.a = t.a) from t | t.a u.a u.b",
                "select a from t order by b, t.c | t.a t.b t.c",
                "select a as b from t order by b | t.a",
                "insert into t (a, b) values (1, 2) | t.a t.b",
                "update t set a = b + 1 | t.a t.b",
                "select upper(y) from (select a as y from t) x | t.a",
                "with c as (select a, b from t) select c.b from c | t.a t.b",
                "copy t (a) to stdout | t.a",
                "alter table t drop column a | t.a",
                "grant select (a) on t to r | t.a",
            })
    void columnsAreResolvedWhereTheyCanBe(String sql, String columns) {
        // When
        StatementFacts facts = facts(sql);

        // Then
        assertThat(facts.incompleteReason()).isNull();
        assertThat(names(facts.columns())).isEqualTo(columns);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select a, b as c, upper(d) from t | a<t.a> c<t.b> ?<t.d>",
                "select * from t | *<t.*>",
                "select * from (select a, upper(b) as c from t) x | a<t.a> c<t.b>",
                "with w as (select a, b from t) select w.b as z, 1 as y from w | z<t.b> y<>",
                "select a from t union select b from u | a<t.a u.b>",
                "select y.c from t, lateral (select upper(t.a) as c) y | c<t.a>",
                "select v from t, unnest(t.a) as v | v<t.a>",
                "with recursive r (x, y) as (select a, b from t union all select y, x from r) select x from r | x<t.a t.b>",
                "delete from t where b = 1 returning a | a<t.a>",
                "select * from (values (1, 2)) as v (a, b) | a<> b<>",
                "select (select max(a) from t) as m | m<a>",
                "select a::text, t.b from t | a<t.a> b<t.b>",
            })
    void outputsTellWhatTheyAreMadeFrom(String sql, String expected) {
        // When
        StatementFacts facts = facts(sql);

        // Then
        StringBuilder outputs = new StringBuilder();
        for (OutputColumn output : facts.outputs()) {
            outputs.append(outputs.isEmpty() ? "" : " ")
                    .append(output.star() ? "*" : output.name() == null ? "?" : output.name())
                    .append('<')
                    .append(names(output.columns()))
                    .append('>');
        }
        assertThat(outputs).hasToString(expected);
        assertThat(facts.selectsAll()).isEqualTo(expected.contains("*<"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "1=1",
                "'a' = 'a'",
                "1 < 2",
                "not false",
                "(id = id)",
                "id = 7 or 1=1",
                "((true)) and (1 = 1)",
                "id is null or id is not null",
                "t.id = t.id",
                "name like '%'",
                "not (1 = 2)",
                "'t'",
                "$1",
                "length('x') = 1",
                "now() > '2020-01-01'",
                "1 between 0 and 2",
                "ID = \"id\"",
            })
    void conditionsThatHoldForEveryRowAreTrivial(String condition) {
        // When
        StatementFacts facts = facts("delete from t where " + condition);

        // Then
        assertThat(facts.complete()).isTrue();
        assertThat(facts.hasWhere()).isTrue();
        assertThat(facts.whereIsTrivial()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id = 1",
                "id = $1",
                "1 = 0",
                "false",
                "id = 1 and 1 = 1",
                "id is null",
                "a = b",
                "id = id + 1",
                "name like 'a%'",
                "f(a) = f(a)",
                "a between 1 and 2 or b = 3",
                "exists (select 1 from u where u.id = t.id)",
                "current of c",
            })
    void otherConditionsAreNot(String condition) {
        // When
        StatementFacts facts = facts("delete from t where " + condition);

        // Then
        assertThat(facts.complete()).isTrue();
        assertThat(facts.hasWhere()).isTrue();
        assertThat(facts.whereIsTrivial()).isFalse();
    }

    @Test
    void whatLiteralsSayIsNotSharedByFingerprint() {
        // Given
        StatementFacts ten = facts("select a from t limit 10");
        StatementFacts trivial = facts("delete from t where 1 = 1");

        // When
        StatementFacts twenty = facts("select a from t limit 20");
        StatementFacts never = facts("delete from t where 1 = 2");

        // Then
        assertThat(ten.fingerprint()).isEqualTo(twenty.fingerprint());
        assertThat(ten.limit()).isEqualTo(10L);
        assertThat(twenty.limit()).isEqualTo(20L);
        assertThat(trivial.whereIsTrivial()).isTrue();
        assertThat(never.whereIsTrivial()).isFalse();
        assertThat(facts("select 1, 2").outputs()).hasSize(2);
        assertThat(facts("select 1, 2, 3").outputs()).hasSize(3);
        assertThat(facts("set role 'a'").roles()).containsExactly("a");
        assertThat(facts("set role 'b'").roles()).containsExactly("b");
        assertThat(facts("explain (analyze 0) select 1").explainAnalyze()).isFalse();
        assertThat(facts("explain (analyze 1) select 1").explainAnalyze()).isTrue();
    }

    @Test
    void flagsTellWhatElseHappens() {
        // When
        StatementFacts query = facts("select a from t join u on true, v where a = 1 fetch first row only");
        StatementFacts change = facts("with d as (delete from t where a = 1) update u set b = 1");
        StatementFacts locked = facts("select * from (select * from t for no key update of t) x");
        StatementFacts into = facts("select 1 into t");
        StatementFacts explained = facts("explain analyze insert into t values (1)");

        // Then
        assertThat(query.joins()).isEqualTo(2);
        assertThat(query.limit()).isEqualTo(1);
        assertThat(query.hasWhere()).isTrue();
        assertThat(change.writesInCte()).isTrue();
        assertThat(change.hasWhere()).isFalse();
        assertThat(change.commands()).containsExactlyInAnyOrder("UPDATE", "DELETE");
        assertThat(locked.locksRows()).isTrue();
        assertThat(into.selectInto()).isTrue();
        assertThat(explained.commands()).containsExactlyInAnyOrder("EXPLAIN", "INSERT");
        assertThat(explained.explainAnalyze()).isTrue();
    }

    @Test
    void loadsOfRowsAndLongListsAreComplete() {
        // When
        StatementFacts load = facts("insert into t (a, b, c) values (1, 'x', null)" + ", (3, 'z', $2)".repeat(50_000));
        StatementFacts list =
                facts("select 1, 2, ssn from t where a in (1" + ", 2".repeat(50_000) + ") union select 1, 2, b from u");

        // Then
        assertThat(load.complete()).isTrue();
        assertThat(names(load.writes())).isEqualTo("t");
        assertThat(list.complete()).isTrue();
        assertThat(names(list.reads())).isEqualTo("t u");
        assertThat(list.outputs()).hasSize(1).allMatch(OutputColumn::star);
        assertThat(names(list.outputs().getFirst().columns())).isEqualTo("t.ssn u.b");
    }

    @Test
    void copyTellsDirectionAndTarget() {
        // When
        CopyFacts program = facts("copy s.t (a, b) from program 'curl x' csv").copy();
        CopyFacts query = facts("copy (select 1) to '/tmp/x' (format csv)").copy();

        // Then
        assertThat(program)
                .isEqualTo(new CopyFacts(
                        CopyClause.Direction.FROM,
                        CopyClause.Target.PROGRAM,
                        new RelationName("s", "t"),
                        List.of("a", "b")));
        assertThat(query).isEqualTo(new CopyFacts(CopyClause.Direction.TO, CopyClause.Target.FILE, null, List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set search_path to a | search_path",
                "set local \"Search_Path\" = a | search_path",
                "set session authorization bob | session_authorization",
                "set role bob | role",
                "set time zone 'UTC' | timezone",
                "set names 'SJIS' | client_encoding",
                "set schema 'x' | search_path",
                "reset all | all",
                "discard all | all",
                "alter role bob set standard_conforming_strings = off | standard_conforming_strings",
                "alter system set a.b = 1 | a.b",
                "select set_config('Role', 'x', false) | role",
                "select pg_catalog.set_config(a, 'x', false) from t | *",
            })
    void settingsAreNamedAsTheServerKnowsThem(String sql, String setting) {
        // When
        StatementFacts facts = facts(sql);

        // Then
        assertThat(facts.complete()).isTrue();
        assertThat(facts.setting()).isEqualTo(setting);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "do $$ begin delete from t; end $$",
                "call p(1)",
                "execute p(1)",
                "create table t as execute p",
                "drop schema s cascade",
                "grant select on all tables in schema s to r",
                "drop owned by r",
                "vacuum",
                "import foreign schema s from server x into y",
                "select from from t",
                "select * fro t where",
                "select a from t where (a = 1",
                "select 'a",
                "selec 1",
                "",
                "select a b c from t",
            })
    void whatCannotBeToldIsToldToBeUnknown(String sql) {
        // When
        StatementFacts facts = facts(sql.isEmpty() ? "?" : sql);

        // Then
        assertThat(facts.complete()).isFalse();
        assertThat(facts.incompleteReason()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1from t",
                "select $1from t",
                "select * from ÄRGER",
                "select * from \"äääääääääääääääääääääääääääääääää\""
            })
    void whatServersReadDifferentlyIsAmbiguous(String sql) {
        assertThat(facts(sql).ambiguous()).isTrue();
    }
}
