package io.pgweir.routing.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.routing.split.Need.Where;
import io.pgweir.sql.facts.FactsCache;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What must not run on a standby, in every place of the grammar that takes an expression or a query. */
class ReadsEverywhereTest {
    private static final List<String> EXPRESSIONS = List.of(
            "nextval('counter')",
            "write_log('x')",
            "public.write_log('x')",
            "1 @+@ 2",
            "5::logged_int",
            "pg_advisory_lock(1)",
            "pg_is_in_recovery()",
            "(select last_value from counter)",
            "(select n from numbered limit 1)",
            "(select id from orders for update)");

    /** With § for the expression. */
    private static final String PLACES = """
            select §
            select 1, (§) as x
            select all § from orders
            select distinct §
            select distinct on (§) id from orders
            select id from orders where § is null
            select id from orders where not (id = 1 and § is not null)
            select count(*) from orders group by §
            select count(*) from orders group by grouping sets ((§), ())
            select count(*) from orders group by rollup (§)
            select count(*) from orders having § is null
            select id from orders order by §
            select id from orders order by id desc nulls last, §
            select id from orders limit §
            select id from orders offset §
            select id from orders fetch first (§) rows only
            values (§)
            values (1, 2), (3, §)
            select case when § is null then 1 end
            select case § when 1 then 2 end
            select case when true then 1 else § end
            select 1 between § and 2
            select 1 in (2, §)
            select § in (select id from orders)
            select array[1, §]
            select array[[§]]
            select row (1, §)
            select (1, §) = (1, 2)
            select cast(§ as text)
            select (§)::text
            select coalesce(null, §)
            select nullif(1, §)
            select greatest(1, §)
            select extract(year from to_timestamp(§))
            select substring('abc' from (§)::int for 1)
            select trim(both (§)::text from 'x')
            select position((§)::text in 'x')
            select overlay('abc' placing 'x' from (§)::int)
            select xmlelement(name a, xmlattributes((§) as b), §)
            select xmlforest(§ as a)
            select json_object('a': §)
            select json_array(1, §)
            select json_value('{}', '$' passing (§) as x)
            select count(*) filter (where § is null) from orders
            select sum(id) over (partition by § order by id) from orders
            select sum(id) over (order by §) from orders
            select sum(id) over w from orders window w as (order by §)
            select percentile_cont(0.5) within group (order by §) from orders
            select array_agg(id order by §) from orders
            select * from generate_series(1, §)
            select * from orders, lateral (select §) x
            select * from rows from (generate_series(1, §), generate_series(1, 2))
            select * from orders o join customers c on § is null
            select * from (orders o left join customers c on o.id = (§))
            select * from orders tablesample system (§)
            select * from orders tablesample system (1) repeatable (§)
            select (array[1, 2])[§]
            select (array[1, 2])[1:§]
            select tags[§] from orders
            select plus_one(plus_one((§)::int))
            select make_date(year => 2024, month => 1, day => (§)::int)
            select concat(variadic array[(§)::text])
            select now() at time zone (§)::text
            select 'a' collate "C" < (§)::text
            select 1 is distinct from §
            select 'a' like (§)::text escape 'x'
            select 1 = any (array[§])
            select - § is null
            select exists (select §)
            select array(select §)
            select (select (select §))
            select 1 union select §
            select 1 union all (select 2 except select §)
            with x as (select §) select 1
            with recursive x as (select 1 as n union all select n + 1 from x where § is null) select * from x
            with x as materialized (select 1) select * from x where § is null
            (select §)
            ((select 1) union (select §))
            select * from (select §) x
            select * from (values (§)) x
            select * from xmltable('/a' passing ('<a/>'::xml) columns n int path 'n' default §)
            select * from json_table('[]', '$[*]' passing (§) as y columns (n int path '$'))
            explain analyze select §
            explain (analyze) select id from orders where § is null
            select id from orders union select §
            """;

    private final FactsCache facts = new FactsCache(1 << 20);

    @Test
    void whatTakesTheLeaderIsFoundWhereverItStands() {
        // Given
        Functions functions = SplitCorpus.functions();
        List<String> missed = new ArrayList<>();

        // When
        for (String place : PLACES.lines().toList()) {
            for (String expression : EXPRESSIONS) {
                String sql = place.replace("§", expression);
                if (SplitCorpus.need(sql, functions, facts).where() == Where.ANY) {
                    missed.add(sql);
                }
            }
        }

        // Then
        assertThat(missed).isEmpty();
    }

    @Test
    void theSamePlacesWithSomethingHarmlessAreReads() {
        // Given
        Functions functions = SplitCorpus.functions();
        List<String> refused = new ArrayList<>();

        // When
        for (String place : PLACES.lines().toList()) {
            String sql = place.replace("§", "plus_one(1)");
            if (!SplitCorpus.need(sql, functions, facts).equals(Need.READ)) {
                refused.add(sql);
            }
        }

        // Then
        assertThat(refused).isEmpty();
    }
}
