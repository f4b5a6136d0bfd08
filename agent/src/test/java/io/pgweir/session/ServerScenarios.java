package io.pgweir.session;

/** Title, what the client says, what is told: see {@link TrackerIT}. */
final class ServerScenarios {
    static final String TEXT = """
            statement names reused in a pipeline
            >P[x|select 1] >B[p|x] >E[p] >Cp[p] >Cs[x] >P[x|select 2] >B[p|x] >E[p] >S .
            select 1 = SELECT 1 II C; select 2 = SELECT 1 II C

            statement name taken
            >P[x|select 1] >S . >P[x|select 2] >B[|x] >E[] >S . >B[|x] >E[] >S .
            select 2 = !42P05@PARSE II R; select 1 = SELECT 1 II C

            portal outlives its statement
            >P[x|select 1] >B[p|x] >Cs[x] >E[p] >S .
            select 1 = SELECT 1 II C

            portal outlives its deallocated statement
            >Q[begin] . >P[x|select generate_series(1,3)] >B[p|x] >E[p|1] >S . >Q[deallocate x] . >E[p] >S . >Q[commit] .
            begin = BEGIN IT O; deallocate x = DEALLOCATE TT O; select generate_series(1,3) = SELECT 2 TT O; commit = COMMIT TI C; #C

            portal executed again
            >P[|select 1] >B[] >E[] >E[] >S .
            select 1 = SELECT 1 II C

            insert executed again
            >P[|insert into t values (1)] >B[] >E[] >E[] >S .
            insert into t values (1) = INSERT 0 1 II R; insert into t values (1) = !55000 II R

            portals die at sync
            >P[a|select 1] >B[p|a] >S . >E[p] >S .
            - = !34000 II R

            row limit
            >P[|select generate_series(1,3)] >B[] >E[|1] >E[|1] >E[|5] >S .
            select generate_series(1,3) = SELECT 1 II C

            row limit met exactly
            >P[|select generate_series(1,3)] >B[] >E[|3] >E[|3] >S .
            select generate_series(1,3) = SELECT 0 II C

            suspended portal dies at commit
            >Q[begin] . >P[|select generate_series(1,3)] >B[p] >E[p|1] >S . >Q[commit] .
            begin = BEGIN IT O; select generate_series(1,3) = ~ TT C; commit = COMMIT TI C; #C

            errors in each step
            >P[|selec] >B[] >E[] >S . >P[|select $1::int] >B[||x] >E[] >S . >Ds[gone] >S . >Dp[gone] >S . >P[|select 1/(random()*0)::int] >B[] >E[] >S . >B[|gone] >S . >Cs[gone] >Cp[gone] >S .
            selec = !42601@PARSE II R; select $1::int = !22P02@BIND II R; - = !26000@DESCRIBE II R; - = !34000@DESCRIBE II R;
            select 1/(random()*0)::int = !22012 II R; - = !26000@BIND II R

            error within a pipeline
            >P[a|insert into t values (1)] >B[|a] >E[] >P[|select 1/(random()*0)::int] >B[] >E[] >B[|a] >E[] >Q[select 2] >S . >Q[select 3] .
            insert into t values (1) = INSERT 0 1 II R; select 1/(random()*0)::int = !22012 II R; select 3 = SELECT 1 II C

            several statements
            >Q[insert into t values (1); select 1; select 1/0; select 2] .
            insert into t values (1) = INSERT 0 1 II R; select 1 = SELECT 1 II R; select 1/0 = !22012 II R

            syntax error in the second statement
            >Q[select 1; selec 2; select 3] .
            selec 2 = !42601 II R

            whole blocks in one query
            >Q[begin; insert into t values (1); commit; begin; select 1; rollback; select 3] .
            begin = BEGIN IT C; insert into t values (1) = INSERT 0 1 TT C; commit = COMMIT TI C; #C;
            begin = BEGIN IT R; select 1 = SELECT 1 TT R; rollback = ROLLBACK TI R; #R; select 3 = SELECT 1 II C

            begin takes in what ran before it
            >Q[insert into t values (1); begin; select 1] . >Q[rollback] .
            insert into t values (1) = INSERT 0 1 II O; begin = BEGIN IT O; select 1 = SELECT 1 TT O; rollback = ROLLBACK TI R; #R

            commit and rollback without a block
            >Q[commit] . >Q[rollback] . >Q[insert into t values (1); rollback; select 1] .
            commit = COMMIT II C; rollback = ROLLBACK II R; insert into t values (1) = INSERT 0 1 II R; rollback = ROLLBACK II R; select 1 = SELECT 1 II C

            block in a pipeline
            >P[|begin] >B[] >E[] >P[|select 1] >B[] >E[] >P[|commit] >B[] >E[] >P[|select 2] >B[] >E[] >S .
            begin = BEGIN IT C; select 1 = SELECT 1 TT C; commit = COMMIT TI C; #C; select 2 = SELECT 1 II C

            commit and chain
            >Q[begin] . >Q[commit and chain] . >Q[select 1] . >Q[rollback and chain] . >Q[commit and no chain] .
            begin = BEGIN IT O; commit and chain = COMMIT TT C; #C; select 1 = SELECT 1 TT O; rollback and chain = ROLLBACK TT R; #R; commit and no chain = COMMIT TI C; #C

            commit and chain of a failed block
            >Q[begin] . >Q[x] . >Q[commit and chain] . >Q[commit] .
            begin = BEGIN IT O; x = !42601 TE O; commit and chain = ROLLBACK ET R; #R; commit = COMMIT TI C; #C

            rollback to
            >Q[begin; savepoint a; insert into t values (1)] . >Q[x] . >Q[select 1] . >Q[rollback to a] . >Q[release a] . >Q[commit] .
            begin = BEGIN IT O; savepoint a = SAVEPOINT TT O; insert into t values (1) = INSERT 0 1 TT O; x = !42601 TE O; select 1 = !25P02 EE O;
            rollback to a = ROLLBACK ET O; release a = RELEASE TT O; commit = COMMIT TI C; #C

            rollback to in a pipeline
            >P[|begin] >B[] >E[] >P[|savepoint a] >B[] >E[] >P[|rollback to a] >B[] >E[] >P[|commit] >B[] >E[] >S .
            begin = BEGIN IT C; savepoint a = SAVEPOINT TT C; rollback to a = ROLLBACK TT C; commit = COMMIT TI C; #C

            commit of a failed block
            >Q[begin] . >Q[x] . >Q[commit] .
            begin = BEGIN IT O; x = !42601 TE O; commit = ROLLBACK EI R; #R

            prepare transaction
            >Q[begin; insert into t values (1)] . >Q[prepare transaction 'one'] . >Q[rollback prepared 'one'] .
            begin = BEGIN IT O; insert into t values (1) = INSERT 0 1 TT O; prepare transaction 'one' = PREPARE TRANSACTION TI P; #P; rollback prepared 'one' = ROLLBACK PREPARED II C

            prepare transaction of a failed block
            >Q[begin] . >Q[x] . >Q[prepare transaction 'two'] .
            begin = BEGIN IT O; x = !42601 TE O; prepare transaction 'two' = ROLLBACK EI R; #R

            deferred constraint fails at commit
            >Q[begin; insert into child values (99)] . >Q[commit] .
            begin = BEGIN IT O; insert into child values (99) = INSERT 0 1 TT O; commit = !23503 TI R; #R

            deferred constraint fails at sync
            >P[|insert into child values (99)] >B[] >E[] >S .
            insert into child values (99) = INSERT 0 1!23503 II R

            deferred constraint fails at the end of a query
            >Q[insert into child values (99)] . >Q[insert into child values (99); select 1] .
            insert into child values (99) = !23503 II R; insert into child values (99) = INSERT 0 1 II R; select 1 = !23503 II R

            procedure that commits
            >Q[call twice()] . >P[|call twice()] >B[] >E[] >S .
            call twice() = CALL II C; call twice() = CALL II C

            procedure that commits in a block
            >Q[begin] . >Q[call twice()] . >Q[rollback] .
            begin = BEGIN IT O; call twice() = !2D000 TE O; rollback = ROLLBACK EI R; #R

            procedure that rolls back
            >Q[call undone()] .
            call undone() = CALL II C

            do
            >Q[do $$ begin perform 1; end $$] . >Q[do $$ begin raise exception 'no'; end $$] .
            do $$ begin perform 1; end $$ = DO II C; do $$ begin raise exception 'no'; end $$ = !P0001 II R

            empty queries
            >Q[] . >Q[ ; -- nothing] . >P[|] >B[] >Dp[] >E[] >S .
            - = ok II C; - = ok II C; - = ok II C

            copy in
            >Q[copy t from stdin] :G >d[1/2/] >d[3/] >c .
            copy t from stdin = COPY 3 {IN TEXT 3/6} II C

            copy in ahead of its answer
            >Q[copy t from stdin] >d[1/2/] >c . >Q[select 1] .
            copy t from stdin = COPY 2 {IN TEXT 2/4} II C; select 1 = SELECT 1 II C

            copy out
            >Q[copy (select generate_series(1,3)) to stdout] .
            copy (select generate_series(1,3)) to stdout = COPY 3 {OUT TEXT 3/6} II C

            copy binary out
            >Q[copy (select generate_series(1,3)) to stdout binary] .
            copy (select generate_series(1,3)) to stdout binary = COPY 3 {OUT BINARY 3/51} II C

            copy in and out extended
            >P[|copy t from stdin csv] >B[] >Dp[] >E[] >H :G >d["1"/] >c >P[|copy (select 1) to stdout] >B[] >E[] >S .
            copy t from stdin csv = COPY 1 {IN CSV 1/4} II C; copy (select 1) to stdout = COPY 1 {OUT TEXT 1/2} II C

            copy with sync and flush inside
            >P[|copy t from stdin] >B[] >E[] >S :G >H >d[1/] >S >d[2/] >c >S . >Q[select 1] .
            copy t from stdin = COPY 2 {IN TEXT 2/4} II C; select 1 = SELECT 1 II C

            copy fails at its data
            >Q[copy t from stdin] :G >d[x/] >c . >Q[select 1] .
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            copy fails at its data extended
            >P[|copy t from stdin] >B[] >E[] >H :G >d[x/] >c >S . >Q[select 1] .
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            copy that the client fails
            >Q[copy t from stdin] :G >d[1/] >f[no] . >P[|copy t from stdin] >B[] >E[] >H :G >f[no] >S .
            copy t from stdin = !57014 {IN TEXT 1/2} II R; copy t from stdin = !57014 {IN TEXT 0/0} II R

            copy that cannot begin, its data ahead
            >Q[copy gone from stdin] >d[1/] >c . >P[|copy gone from stdin] >B[] >E[] >d[1/] >c >S . >Q[select 1] .
            copy gone from stdin = !42P01 II R; copy gone from stdin = !42P01 II R; select 1 = SELECT 1 II C

            several copies in a query
            >Q[copy t from stdin; copy (select 1) to stdout; copy t from stdin csv; select 5] :G >d[1/] >c :G >d[2/3/] >c .
            copy t from stdin = COPY 1 {IN TEXT 1/2} II C; copy (select 1) to stdout = COPY 1 {OUT TEXT 1/2} II C; copy t from stdin csv = COPY 2 {IN CSV 2/4} II C; select 5 = SELECT 1 II C

            query within copy
            >Q[copy t from stdin] :G >Q[select 1] ;
            copy t from stdin = !08P01 {IN TEXT 0/0} II R

            function call
            >F[1397|-7] . >F[999999] . >F[1397|x] .
            fn 1397 = ok II C; fn 999999 = !42883 II R; fn 1397 = !22P02 II R

            function call in a block
            >Q[begin] . >F[1397|x] . >F[1397|-7] . >Q[rollback] .
            begin = BEGIN IT O; fn 1397 = !22P02 TE O; fn 1397 = !25P02 EE O; rollback = ROLLBACK EI R; #R

            cursors
            >Q[begin; declare c cursor for select generate_series(1,9)] . >Q[fetch 2 from c] . >E[c|3] >E[c|2] >S . >Q[move 1 in c] . >Q[close c] . >Q[commit] .
            begin = BEGIN IT O; declare c cursor for select generate_series(1,9) = DECLARE CURSOR TT O; fetch 2 from c->declare c cursor for select generate_series(1,9) = FETCH 2 TT O;
            move 1 in c = MOVE 1 TT O; close c = CLOSE CURSOR TT O; - = ~ TT C; commit = COMMIT TI C; #C

            listen and notify
            >Q[listen a] . >Q[notify a, 'one'] . >P[|notify a, 'two'] >B[] >E[] >S . >Q[unlisten *] .
            listen a = LISTEN II C; notify a, 'one' = NOTIFY II C; notify a, 'two' = NOTIFY II C; unlisten * = UNLISTEN II C

            prepared by sql
            >Q[prepare q(int) as select $1] . >Q[execute q(1)] . >B[|q|7] >E[] >S . >Q[deallocate q] . >Q[execute q(1)] .
            prepare q(int) as select $1 = PREPARE II C; execute q(1)->select $1 = SELECT 1 II C; select $1 = SELECT 1 II C; deallocate q = DEALLOCATE II C; execute q(1) = !26000 II R

            terminated in a block
            >Q[begin] . >Q[select pg_terminate_backend(pg_backend_pid())] ;
            begin = BEGIN IT O; select pg_terminate_backend(pg_backend_pid()) = !57P01 TE R; #R

            idle in transaction for too long
            >Q[set idle_in_transaction_session_timeout = '50ms'] . >Q[begin; insert into t values (1)] . ;
            set idle_in_transaction_session_timeout = '50ms' = SET II C; begin = BEGIN IT O; insert into t values (1) = INSERT 0 1 TT O; #R

            cancelled by a timeout
            >Q[set statement_timeout = '50ms'] . >Q[select pg_sleep(9)] . >P[|select pg_sleep(9)] >B[] >E[] >S .
            set statement_timeout = '50ms' = SET II C; select pg_sleep(9) = !57014 II R; select pg_sleep(9) = !57014 II R

            replication: questions
            replication >Q[IDENTIFY_SYSTEM] . >Q[SHOW wal_level] . >Q[select 1] . >Q[TIMELINE_HISTORY 1] . >Q[nonsense] .
            IDENTIFY_SYSTEM = IDENTIFY_SYSTEM II C; SHOW wal_level = SHOW II C; select 1 = SELECT 1 II C; TIMELINE_HISTORY 1 = !58P01 II R; nonsense = !42601 II R

            replication: logical
            replication >Q[CREATE_REPLICATION_SLOT s TEMPORARY LOGICAL test_decoding] . >Q[START_REPLICATION SLOT s LOGICAL 0/0] :W >c . >Q[select 1] . >Q[DROP_REPLICATION_SLOT s] .
            CREATE_REPLICATION_SLOT s TEMPORARY LOGICAL test_decoding = CREATE_REPLICATION_SLOT II C; START_REPLICATION SLOT s LOGICAL 0/0 = START_REPLICATION {BOTH TEXT *} II C; select 1 = SELECT 1 II C; DROP_REPLICATION_SLOT s = DROP_REPLICATION_SLOT II C

            replication: physical
            replication >Q[START_REPLICATION PHYSICAL 0/1700000 TIMELINE 1] :W :d >c . >Q[IDENTIFY_SYSTEM] .
            START_REPLICATION PHYSICAL 0/1700000 TIMELINE 1 = START_REPLICATION {BOTH TEXT *} II C; IDENTIFY_SYSTEM = IDENTIFY_SYSTEM II C

            replication: physical from where there is nothing
            replication >Q[START_REPLICATION PHYSICAL 9/0 TIMELINE 1] . >Q[IDENTIFY_SYSTEM] .
            START_REPLICATION PHYSICAL 9/0 TIMELINE 1 = !XX000 {BOTH TEXT *} II R; IDENTIFY_SYSTEM = IDENTIFY_SYSTEM II C

            replication: base backup
            replication >Q[BASE_BACKUP] . >Q[select 1] .
            BASE_BACKUP = BASE_BACKUP {OUT TEXT *} II C; select 1 = SELECT 1 II C
            """;

    private ServerScenarios() {}
}
