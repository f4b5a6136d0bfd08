package io.pgweir.routing.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.sql.facts.FactsCache;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutionTest {
    private static final Functions FUNCTIONS = SplitCorpus.functions();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prepare p as select * from orders                        | execute p
            prepare p (int) as select * from orders where id = $1    | execute p (1)
            prepare p (int, text) as select $1, $2                   | execute p (-1, 'x')
            prepare p (int) as select $1                             | execute p (1 + 2 * length('x'))
            prepare p (date) as select $1                            | execute p (now()::date)
            prepare p (int[]) as select $1                           | execute p (array[1, 2])
            prepare p as values (1)                                  | explain execute p
            prepare p (int) as select $1                             | explain (analyze, costs off) execute p (1)
            prepare p (int) as select $1                             | explain analyze verbose execute p (null)
            prepare "Mixed" as select 1                              | execute "Mixed"
            prepare MIXED as select 1                                | execute mixed
            prepare execute (int) as select $1                       | execute execute (1)
            """)
    void whatIsExecutedIsAReadWhereAllOfItIs(String prepare, String execute) {
        assertThat(SplitCorpus.executed(prepare, execute, FUNCTIONS, new FactsCache(1 << 16)))
                .isEqualTo(Need.READ);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prepare p as select 1                             | execute q                        | STATE | unknown-statement
            prepare "P" as select 1                           | execute p                        | STATE | unknown-statement
            prepare p as insert into log (what) values ('x')  | execute p                        | NONE  | write
            prepare p as insert into log (what) values ('x')  | explain execute p                | NONE  | write
            prepare p as delete from orders                   | explain analyze execute p        | NONE  | write
            prepare p as select * from orders for share       | execute p                        | NONE  | row-locks
            prepare p as select nextval('s')                  | execute p                        | NONE  | sequence
            prepare p (int) as select $1                      | execute p (nextval('s'))         | NONE  | sequence
            prepare p (int) as select $1                      | execute p (pg_backend_pid())     | NONE  | about-the-server
            prepare p (int) as select $1                      | execute p (pg_advisory_lock(1))  | STATE | advisory-lock
            prepare p (int) as select $1                      | execute p (1) x                  | STATE | incomplete
            prepare p (int) as select $1                      | execute p (1                     | STATE | incomplete
            prepare p as select 1                             | create table x as execute p      | NONE  | write
            prepare p (int) as select $1                      | create table if not exists x (execute) as execute p (1) with no data | NONE | write
            prepare p (int) as select pg_advisory_lock($1)    | create table x as execute p (1)  | STATE | write
            prepare p as select 1                             | create temp table x as execute p | STATE | temporary
            """)
    void whateverElseIsExecutedIsTheLeaders(String prepare, String execute, Need.Effect effect, String reason) {
        assertThat(SplitCorpus.executed(prepare, execute, FUNCTIONS, new FactsCache(1 << 16)))
                .isEqualTo(new Need(Need.Where.LEADER, effect, reason));
    }
}
