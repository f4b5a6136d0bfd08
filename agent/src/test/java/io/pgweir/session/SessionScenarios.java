package io.pgweir.session;

/** Title, what is said, what is told. */
final class SessionScenarios {
    static final String TEXT = """
            one row
            >Q[select 1] <T <D <C[SELECT 1] <Z[I]
            select 1 = SELECT 1 II C

            query in the midst of a pipeline
            >P[|select 1] >B[] >E[] >Q[select 2] >S <1 <2 <D <C[SELECT 1] <T <D <C[SELECT 1] <Z[T] <Z[I]
            select 1 = SELECT 1 II O; select 2 = SELECT 1 IT O; #C

            query in the midst of a pipeline, before PostgreSQL 17
            >P[|select 1] >B[] >E[] >Q[select 2] >S <1 <2 <D <C[SELECT 1] <T <D <C[SELECT 1] <Z[I] <Z[I]
            select 1 = SELECT 1 II C; select 2 = SELECT 1 II C

            several statements
            >Q[insert into t values (1); select 1] <C[INSERT 0 1] <T <D <C[SELECT 1] <Z[I]
            insert into t values (1) = INSERT 0 1 II C; select 1 = SELECT 1 II C

            empty query
            >Q[] <I <Z[I]
            - = ok II C

            blank query in a failed block
            >Q[begin] <C[BEGIN] <Z[T] >Q[x] <E[42601] <Z[E] >Q[ ; ] <I <Z[E] >Q[rollback] <C[ROLLBACK] <Z[I]
            begin = BEGIN IT O; x = !42601 TE O; - = ok EE O; rollback = ROLLBACK EI R; #R

            error ends a query and undoes what ran before it
            >Q[insert into t values (1); select 1/0; select 2] <C[INSERT 0 1] <E[22012] <Z[I]
            insert into t values (1) = INSERT 0 1 II R; select 1/0 = !22012 II R

            commit within a query splits it
            >Q[insert into t values (1); commit; select 1/0] <C[INSERT 0 1] <N <C[COMMIT] <E[22012] <Z[I]
            insert into t values (1) = INSERT 0 1 II C; commit = COMMIT II C; select 1/0 = !22012 II R

            syntax error points into the second statement
            >Q[select 1; selec 2; select 3] <E[42601|11] <Z[I]
            selec 2 = !42601 II R

            syntax error without position
            >Q[selec 1] <E[42601] <Z[I]
            selec 1 = !42601 II R

            an answer more than statements
            >Q[select 1] <T <C[SELECT 0] <C[SELECT 7] <Z[I]
            select 1 = SELECT 0 II C; - = SELECT 7 II C

            block
            >Q[begin] <C[BEGIN] <Z[T] >Q[insert into t values (1)] <C[INSERT 0 1] <Z[T] >Q[commit] <C[COMMIT] <Z[I]
            begin = BEGIN IT O; insert into t values (1) = INSERT 0 1 TT O; commit = COMMIT TI C; #C

            commit of a failed block rolls back
            >Q[begin] <C[BEGIN] <Z[T] >Q[x] <E[42601] <Z[E] >Q[commit] <C[ROLLBACK] <Z[I]
            begin = BEGIN IT O; x = !42601 TE O; commit = ROLLBACK EI R; #R

            rollback to a savepoint heals the block
            >Q[begin; savepoint a] <C[BEGIN] <C[SAVEPOINT] <Z[T] >Q[x] <E[42601] <Z[E] >Q[rollback to a] <C[ROLLBACK] <Z[T] >Q[commit] <C[COMMIT] <Z[I]
            begin = BEGIN IT O; savepoint a = SAVEPOINT TT O; x = !42601 TE O; rollback to a = ROLLBACK ET O; commit = COMMIT TI C; #C

            failing block in one query stays failed
            >Q[begin; select 1/0; rollback] <C[BEGIN] <E[22012] <Z[E] >Q[rollback] <C[ROLLBACK] <Z[I]
            begin = BEGIN IT O; select 1/0 = !22012 TE O; rollback = ROLLBACK EI R; #R

            whole block in one query
            >Q[begin; insert into t values (1); commit] <C[BEGIN] <C[INSERT 0 1] <C[COMMIT] <Z[I]
            begin = BEGIN IT C; insert into t values (1) = INSERT 0 1 TT C; commit = COMMIT TI C; #C

            two blocks in one query
            >Q[begin; commit; begin; rollback] <C[BEGIN] <C[COMMIT] <C[BEGIN] <C[ROLLBACK] <Z[I]
            begin = BEGIN IT C; commit = COMMIT TI C; #C; begin = BEGIN IT R; rollback = ROLLBACK TI R; #R

            commit and chain
            >Q[begin] <C[BEGIN] <Z[T] >Q[commit and chain] <C[COMMIT] <Z[T] >Q[select 1] <T <C[SELECT 0] <Z[T] >Q[rollback and no chain] <C[ROLLBACK] <Z[I]
            begin = BEGIN IT O; commit and chain = COMMIT TT C; #C; select 1 = SELECT 0 TT O; rollback and no chain = ROLLBACK TI R; #R

            prepare transaction
            >Q[begin] <C[BEGIN] <Z[T] >Q[prepare transaction 'a'] <C[PREPARE TRANSACTION] <Z[I] >Q[commit prepared 'a'] <C[COMMIT PREPARED] <Z[I]
            begin = BEGIN IT O; prepare transaction 'a' = PREPARE TRANSACTION TI P; #P; commit prepared 'a' = COMMIT PREPARED II C

            commit that fails
            >Q[begin] <C[BEGIN] <Z[T] >Q[commit] <E[23503] <Z[I]
            begin = BEGIN IT O; commit = !23503 TI R; #R

            start transaction
            >Q[start transaction] <C[START TRANSACTION] <Z[T] >Q[abort] <C[ROLLBACK] <Z[I]
            start transaction = START TRANSACTION IT O; abort = ROLLBACK TI R; #R

            begin makes what ran before it part of the block
            >Q[insert into t values (1); begin] <C[INSERT 0 1] <C[BEGIN] <Z[T] >Q[rollback] <C[ROLLBACK] <Z[I]
            insert into t values (1) = INSERT 0 1 II O; begin = BEGIN IT O; rollback = ROLLBACK TI R; #R

            extended
            >P[|select 1] >B[|] >Dp[] >E[] >S <1 <2 <T <D <C[SELECT 1] <Z[I]
            select 1 = SELECT 1 II C

            named statement and portal
            >P[s|select $1] >Ds[s] >S <1 <t <T <Z[I] >B[p|s] >E[p] >S <2 <D <C[SELECT 1] <Z[I]
            select $1 = SELECT 1 II C

            empty extended query
            >P[|] >B[] >E[] >S <1 <2 <I <Z[I]
            - = ok II C

            parse fails
            >P[|selec] >B[] >E[] >S <E[42601] <Z[I]
            selec = !42601@PARSE II R

            bind fails
            >P[a|select $1] >B[|a] >E[] >S <1 <E[22P02] <Z[I]
            select $1 = !22P02@BIND II R

            describe fails
            >Ds[gone] >S <E[26000] <Z[I]
            - = !26000@DESCRIBE II R

            describe of a portal fails
            >Dp[gone] >S <E[34000] <Z[I]
            - = !34000@DESCRIBE II R

            execute fails
            >P[|select 1/0] >B[] >E[] >S <1 <2 <E[22012] <Z[I]
            select 1/0 = !22012 II R

            execute of an unknown portal
            >E[gone] >S <E[34000] <Z[I]
            - = !34000 II R

            a failed pipeline undoes what ran before
            >P[a|insert into t values (1)] >B[|a] >E[] >P[b|select 1/0] >B[|b] >E[] >B[|a] >E[] >S <1 <2 <C[INSERT 0 1] <1 <2 <E[22012] <Z[I]
            insert into t values (1) = INSERT 0 1 II R; select 1/0 = !22012 II R

            after an error a query is thrown away as well
            >P[|select 1/0] >B[] >E[] >Q[select 2] >F[1] >S <1 <2 <E[22012] <Z[I]
            select 1/0 = !22012 II R

            serial: after an error what comes later is thrown away up to the sync
            >P[|select 1/0] >B[] >E[] <1 <2 <E[22012] >Q[select 2] >P[|select 3] >B[] >E[] >S <Z[I] >Q[select 4] <T <C[SELECT 1] <Z[I]
            select 1/0 = !22012 II R; select 4 = SELECT 1 II C

            three syncs
            >S >S >S <Z[I] <Z[I] <Z[I] >Q[select 1] <T <C[SELECT 1] <Z[I]
            select 1 = SELECT 1 II C

            flush has no answer
            >P[|select 1] >H <1 >B[] >H <2 >E[] >H <C[SELECT 1] >S <Z[I]
            select 1 = SELECT 1 II C

            close of an unknown name is fine
            >Cs[gone] >Cp[gone] >S <3 <3 <Z[I]

            failed unnamed parse destroys the old one
            >P[|select 1] >S <1 <Z[I] >P[|selec] >S <E[42601] <Z[I] >B[] >S <E[26000] <Z[I]
            selec = !42601@PARSE II R; - = !26000@BIND II R

            failed named parse keeps the old one
            >P[a|select 1] >S <1 <Z[I] >P[a|select 2] >S <E[42P05] <Z[I] >B[|a] >E[] >S <2 <C[SELECT 1] <Z[I]
            select 2 = !42P05@PARSE II R; select 1 = SELECT 1 II C

            query destroys the unnamed statement
            >P[|select 1] >S <1 <Z[I] >Q[select 2] <T <C[SELECT 1] <Z[I] >B[] >S <E[26000] <Z[I]
            select 2 = SELECT 1 II C; - = !26000@BIND II R

            names are reused within a pipeline
            >P[x|select 1] >B[p|x] >E[p] >Cp[p] >Cs[x] >P[x|select 2] >B[p|x] >E[p] >S <1 <2 <C[SELECT 1] <3 <3 <1 <2 <C[SELECT 2] <Z[I]
            select 1 = SELECT 1 II C; select 2 = SELECT 2 II C

            a portal keeps its statement when the statement is closed
            >P[x|select 1] >B[p|x] >Cs[x] >E[p] >S <1 <2 <3 <C[SELECT 1] <Z[I]
            select 1 = SELECT 1 II C

            pipelined unnamed statements
            >P[|select 1] >B[] >E[] >P[|select 2] >B[] >E[] >S <1 <2 <C[SELECT 1] <1 <2 <C[SELECT 1] <Z[I]
            select 1 = SELECT 1 II C; select 2 = SELECT 1 II C

            portals die at sync outside a block
            >P[a|select 1] >B[p|a] >S <1 <2 <Z[I] >E[p] >S <E[34000] <Z[I]
            - = !34000 II R

            portals live on in a block
            >Q[begin] <C[BEGIN] <Z[T] >P[a|select 1] >B[p|a] >S <1 <2 <Z[T] >E[p] >S <C[SELECT 1] <Z[T] >Q[commit] <C[COMMIT] <Z[I]
            begin = BEGIN IT O; select 1 = SELECT 1 TT O; commit = COMMIT TI C; #C

            row limit
            >P[|select 1] >B[] >E[|1] >E[|1] >E[|1] >S <1 <2 <D <s <D <s <C[SELECT 0] <Z[I]
            select 1 = SELECT 0 II C

            row limit across syncs in a block
            >Q[begin] <C[BEGIN] <Z[T] >P[|select 1] >B[p|] >E[p|1] >S <1 <2 <D <s <Z[T] >E[p|1] >S <D <C[SELECT 1] <Z[T] >Q[commit] <C[COMMIT] <Z[I]
            begin = BEGIN IT O; select 1 = SELECT 1 TT O; commit = COMMIT TI C; #C

            suspended portal is closed
            >P[|select 1] >B[p|] >E[p|1] >Cp[p] >S <1 <2 <D <s <3 <Z[I]
            select 1 = ~ II C

            suspended portal dies at sync
            >P[|select 1] >B[p|] >E[p|1] >S <1 <2 <D <s <Z[I]
            select 1 = ~ II C

            suspended portal dies at commit
            >Q[begin] <C[BEGIN] <Z[T] >P[|select 1] >B[p|] >E[p|1] >S <1 <2 <D <s <Z[T] >Q[commit] <C[COMMIT] <Z[I]
            begin = BEGIN IT O; select 1 = ~ TT C; commit = COMMIT TI C; #C

            suspended unnamed portal is bound anew
            >P[a|select 1] >B[|a] >E[|1] >B[|a] >E[] >S <1 <2 <D <s <2 <D <C[SELECT 1] <Z[I]
            select 1 = ~ II C; select 1 = SELECT 1 II C

            suspended portal fails later
            >P[|select 1] >B[] >E[|1] >E[] >S <1 <2 <D <s <E[22012] <Z[I]
            select 1 = !22012 II R

            portal executed again after its end
            >P[|select 1] >B[] >E[] >E[] >S <1 <2 <D <C[SELECT 1] <C[SELECT 0] <Z[I]
            select 1 = SELECT 1 II C

            portal executed again after its end fails
            >P[|insert into t values (1)] >B[] >E[] >E[] >S <1 <2 <C[INSERT 0 1] <E[55000] <Z[I]
            insert into t values (1) = INSERT 0 1 II R; insert into t values (1) = !55000 II R

            cursor of sql fetched by execute
            >Q[begin; declare c cursor for select 1] <C[BEGIN] <C[DECLARE CURSOR] <Z[T] >E[c|1] >E[c|1] >S <D <s <C[SELECT 0] <Z[T] >Q[end] <C[COMMIT] <Z[I]
            begin = BEGIN IT O; declare c cursor for select 1 = DECLARE CURSOR TT O; - = SELECT 0 TT O; end = COMMIT TI C; #C

            block in a pipeline
            >P[|begin] >B[] >E[] >P[|select 1] >B[] >E[] >P[|commit] >B[] >E[] >S <1 <2 <C[BEGIN] <1 <2 <C[SELECT 1] <1 <2 <C[COMMIT] <Z[I]
            begin = BEGIN IT C; select 1 = SELECT 1 TT C; commit = COMMIT TI C; #C

            begin in a pipeline takes what ran before it into the block
            >P[|select 1] >B[] >E[] >P[|begin] >B[] >E[] >S <1 <2 <C[SELECT 1] <1 <2 <C[BEGIN] <Z[T] >Q[rollback] <C[ROLLBACK] <Z[I]
            select 1 = SELECT 1 II O; begin = BEGIN IT O; rollback = ROLLBACK TI R; #R

            after commit a pipeline is implicit again
            >P[|commit] >B[] >E[] >P[|select 1/0] >B[] >E[] >S <1 <2 <C[COMMIT] <1 <2 <E[22012] <Z[I]
            commit = COMMIT II C; select 1/0 = !22012 II R

            commit at sync fails
            >P[|insert into t values (1)] >B[] >E[] >S <1 <2 <C[INSERT 0 1] <E[23503] <Z[I]
            insert into t values (1) = INSERT 0 1!23503 II R

            a query ends what a pipeline began
            >P[|insert into t values (1)] >B[] >E[] >Q[select 1] <1 <2 <C[INSERT 0 1] <T <C[SELECT 1] <Z[I]
            insert into t values (1) = INSERT 0 1 II C; select 1 = SELECT 1 II C

            function call
            >F[42] <V <Z[I]
            fn 42 = ok II C

            function call fails
            >F[42] <E[42883] <Z[I]
            fn 42 = !42883 II R

            function call in a block
            >Q[begin] <C[BEGIN] <Z[T] >F[42] <E[42883] <Z[E] >Q[rollback] <C[ROLLBACK] <Z[I]
            begin = BEGIN IT O; fn 42 = !42883 TE O; rollback = ROLLBACK EI R; #R

            copy in
            >Q[copy t from stdin] <G >d[a/b/] >d[c/] >c <C[COPY 3] <Z[I]
            copy t from stdin = COPY 3 {IN TEXT 3/6} II C

            copy in csv with header
            >Q[copy t from stdin (format csv, header)] <G >d[h/"a/b"/] >d[c] >c <C[COPY 2] <Z[I]
            copy t from stdin (format csv, header) = COPY 2 {IN CSV 2/9} II C

            copy out
            >Q[copy t to stdout] <H <d[a/] <d[b/] <c <C[COPY 2] <Z[I]
            copy t to stdout = COPY 2 {OUT TEXT 2/4} II C

            copy in extended
            >P[|copy t from stdin] >B[] >E[] <1 <2 <G >d[a/] >c >S <C[COPY 1] <Z[I]
            copy t from stdin = COPY 1 {IN TEXT 1/2} II C

            copy in extended csv
            >P[|copy t from stdin csv] >B[] >E[] <1 <2 <G >d["a/"/] >c >S <C[COPY 1] <Z[I]
            copy t from stdin csv = COPY 1 {IN CSV 1/5} II C

            copy out extended
            >P[|copy t to stdout] >B[] >E[] >S <1 <2 <H <d[a/] <c <C[COPY 1] <Z[I]
            copy t to stdout = COPY 1 {OUT TEXT 1/2} II C

            copy in swallows sync and flush
            >P[|copy t from stdin] >B[] >Dp[] >E[] >S <1 <2 <n <G >H >d[a/] >S >d[b/] >c >S <C[COPY 2] <Z[I] >Q[select 1] <T <C[SELECT 1] <Z[I]
            copy t from stdin = COPY 2 {IN TEXT 2/4} II C; select 1 = SELECT 1 II C

            copy fail
            >Q[copy t from stdin] <G >d[a/] >f <E[57014] <Z[I]
            copy t from stdin = !57014 {IN TEXT 1/2} II R

            copy fail extended
            >P[|copy t from stdin] >B[] >E[] <1 <2 <G >d[a/] >f >S <E[57014] <Z[I]
            copy t from stdin = !57014 {IN TEXT 1/2} II R

            serial: server fails while the client still copies
            >Q[copy t from stdin] <G >d[a/] <E[22P02] <Z[I] >d[b/] >c >Q[select 1] <T <C[SELECT 1] <Z[I]
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            serial: server fails while the client still copies extended
            >P[|copy t from stdin] >B[] >E[] <1 <2 <G >d[a/] <E[22P02] >d[b/] >c >S <Z[I] >Q[select 1] <T <C[SELECT 1] <Z[I]
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            serial: failed copy whose early sync was swallowed
            >P[|copy t from stdin] >B[] >E[] >S <1 <2 <G >d[a/] >c >S <E[22P02] <Z[I] >Q[select 1] <T <C[SELECT 1] <Z[I]
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            failed copy whose early sync was answered
            >P[|copy t from stdin] >B[] >E[] >S <1 <2 <G >d[a/] >c >S <E[22P02] <Z[I] <Z[I] >Q[select 1] <T <C[SELECT 1] <Z[I]
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            failed copy that was sent ahead, with a sync that was swallowed
            >P[|copy t from stdin] >B[] >E[] >S >d[a/] >c >S >Q[select 1] <1 <2 <G <E[22P02] <Z[I] <T <C[SELECT 1] <Z[I]
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            serial: failed copy with an early sync and more behind: doubtful until all is answered
            >P[|copy t from stdin] >B[] >E[] >S >d[a/] >c >P[a|select 1] >B[|a] >E[] >S >Q[select 2] <1 <2 <G <E[22P02] <Z[I] <1 <2 <C[SELECT 1] <Z[I] <T <C[SELECT 1] <Z[I] >Q[select 3] <T <C[SELECT 1] <Z[I] >B[|a] >E[] >S <2 <C[SELECT 1] <Z[I] >P[a|select 4] >B[|a] >E[] >S <1 <2 <C[SELECT 1] <Z[I]
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C ??; select 2 = SELECT 1 II C ??; select 3 = SELECT 1 II C; select 1 = SELECT 1 II C ??; select 4 = SELECT 1 II C

            failed copy with two early syncs that were swallowed
            >P[|copy t from stdin] >B[] >E[] >S >d[a/] >S >c >S >Q[select 1] <1 <2 <G <E[22P02] <Z[I] <T <C[SELECT 1] <Z[I]
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            failed copy with two early syncs of which one was swallowed
            >P[|copy t from stdin] >B[] >E[] >S >d[a/] >S >c >S >Q[select 1] <1 <2 <G <E[22P02] <Z[I] <Z[I] <T <C[SELECT 1] <Z[I]
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            failed simple copy with an early sync: a Query skips nothing
            >Q[copy t from stdin] >S >d[a/] >c >Q[select 1] <G <E[22P02] <Z[I] <Z[I] <T <C[SELECT 1] <Z[I]
            copy t from stdin = !22P02 {IN TEXT 1/2} II R; select 1 = SELECT 1 II C

            copy that cannot begin
            >Q[copy gone from stdin] <E[42P01] <Z[I]
            copy gone from stdin = !42P01 II R

            copy that cannot begin though its data came ahead
            >P[|copy gone from stdin] >B[] >E[] >d[a/] >c >S <1 <2 <E[42P01] <Z[I] >Q[select 1] <T <C[SELECT 1] <Z[I]
            copy gone from stdin = !42P01 II R; select 1 = SELECT 1 II C

            copies of both directions in one query
            >Q[copy t from stdin; copy t to stdout; copy u from stdin csv] <G >d[a/] >c <C[COPY 1] <H <d[a/] <c <C[COPY 1] <G >d[b/c/] >c <C[COPY 2] <Z[I]
            copy t from stdin = COPY 1 {IN TEXT 1/2} II C; copy t to stdout = COPY 1 {OUT TEXT 1/2} II C; copy u from stdin csv = COPY 2 {IN CSV 2/4} II C

            stray copy messages outside copy
            >d[a/] >c >f >Q[select 1] >d[a/] >c <T <C[SELECT 1] <Z[I] >d[x/] >Q[select 2] <T <C[SELECT 1] <Z[I]
            select 1 = SELECT 1 II C; select 2 = SELECT 1 II C

            copy out fails half way
            >Q[copy t to stdout] <H <d[a/] <E[57014] <Z[I]
            copy t to stdout = !57014 {OUT TEXT 1/2} II R

            serial: replication ends with two tags
            >Q[START_REPLICATION SLOT s LOGICAL 0/0] <W <d[wal] >d[status] <d[wal] >c <c <C[COPY 0] <C[START_REPLICATION] <Z[I]
            START_REPLICATION SLOT s LOGICAL 0/0 = START_REPLICATION {BOTH TEXT 3/12} II C

            serial: replication ends with one tag
            >Q[START_REPLICATION SLOT s LOGICAL 0/0] <W <d[wal] >c <c <C[COPY 0] <Z[I]
            START_REPLICATION SLOT s LOGICAL 0/0 = COPY 0 {BOTH TEXT 1/3} II C

            serial: replication reaches the end of a timeline
            >Q[START_REPLICATION 0/0 TIMELINE 1] <W <d[wal] <c >c <T <D <C[START_STREAMING] <C[START_REPLICATION] <Z[I]
            START_REPLICATION 0/0 TIMELINE 1 = START_REPLICATION {BOTH TEXT 1/3} II C

            base backup
            >Q[BASE_BACKUP] <T <D <C[SELECT] <T <D <C[SELECT] <H <d[tar] <d[tar] <c <T <D <C[SELECT] <C[BASE_BACKUP] <Z[I] >Q[SHOW a] <T <D <C[SHOW] <Z[I]
            BASE_BACKUP = BASE_BACKUP {OUT TEXT 2/6} II C; SHOW a = SHOW II C

            base backup is cut
            >Q[BASE_BACKUP] <T <D <C[SELECT] <H <d[tar] !
            BASE_BACKUP = ? {OUT TEXT 1/3} II U

            serial: replication is cut
            >Q[START_REPLICATION SLOT s LOGICAL 0/0] <W <d[wal] !
            START_REPLICATION SLOT s LOGICAL 0/0 = ? {BOTH TEXT 1/3} II U

            sql prepare and execute
            >Q[prepare a as select 1] <C[PREPARE] <Z[I] >Q[execute a] <T <D <C[SELECT 1] <Z[I]
            prepare a as select 1 = PREPARE II C; execute a->select 1 = SELECT 1 II C

            sql execute of a protocol statement
            >P[a|select 1] >S <1 <Z[I] >Q[execute a] <T <D <C[SELECT 1] <Z[I]
            execute a->select 1 = SELECT 1 II C

            protocol bind of an sql prepared statement
            >Q[prepare a as select 1] <C[PREPARE] <Z[I] >B[|a] >E[] >S <2 <D <C[SELECT 1] <Z[I]
            prepare a as select 1 = PREPARE II C; select 1 = SELECT 1 II C

            failed prepare registers nothing
            >Q[prepare a as selec] <E[42601] <Z[I] >Q[execute a] <E[26000] <Z[I]
            prepare a as selec = !42601 II R; execute a = !26000 II R

            deallocate
            >Q[prepare a as select 1; deallocate a] <C[PREPARE] <C[DEALLOCATE] <Z[I] >Q[execute a] <E[26000] <Z[I]
            prepare a as select 1 = PREPARE II C; deallocate a = DEALLOCATE II C; execute a = !26000 II R

            deallocate all
            >P[a|select 1] >S <1 <Z[I] >Q[deallocate all] <C[DEALLOCATE ALL] <Z[I] >B[|a] >S <E[26000] <Z[I]
            deallocate all = DEALLOCATE ALL II C; - = !26000@BIND II R

            discard all
            >P[a|select 1] >S <1 <Z[I] >Q[discard all] <C[DISCARD ALL] <Z[I] >B[|a] >S <E[26000] <Z[I]
            discard all = DISCARD ALL II C; - = !26000@BIND II R

            discard all that fails keeps names
            >P[a|select 1] >S <1 <Z[I] >Q[discard all] <E[25001] <Z[I] >B[|a] >E[] >S <2 <C[SELECT 1] <Z[I]
            discard all = !25001 II R; select 1 = SELECT 1 II C

            prepared statements survive a rollback
            >Q[begin; prepare a as select 1; rollback] <C[BEGIN] <C[PREPARE] <C[ROLLBACK] <Z[I] >Q[execute a] <T <C[SELECT 1] <Z[I]
            begin = BEGIN IT R; prepare a as select 1 = PREPARE TT R; rollback = ROLLBACK TI R; #R; execute a->select 1 = SELECT 1 II C

            notices and notifications answer nothing
            <N <A >Q[select 1] <N <T <A <D <N <C[SELECT 1] <A <Z[I] <A
            select 1 = SELECT 1 II C

            parameter status answers nothing
            >P[|select 1] >B[] >E[] >S <1 <N <2 <C[SELECT 1] <P[TimeZone|UTC] <Z[I]
            TimeZone:UTC; select 1 = SELECT 1 II C

            fatal while idle
            <F[57P01] !

            fatal while a statement runs
            >Q[select pg_sleep(9)] <T <F[57P01] !
            select pg_sleep(9) = !57P01 II R

            fatal in a block
            >Q[begin] <C[BEGIN] <Z[T] <F[25P03] !
            begin = BEGIN IT O; #R

            fatal at commit
            >Q[begin] <C[BEGIN] <Z[T] >Q[commit] <F[57P01] !
            begin = BEGIN IT O; commit = !57P01 TE U; #U

            fatal in a pipeline
            >P[|select 1] >B[] >E[] >P[|select 2] >B[] >E[] >S <1 <2 <C[SELECT 1] <F[57P01] !
            select 1 = SELECT 1 II R; select 2 = !57P01@PARSE II R

            fatal behind an error in copy in
            >Q[copy t from stdin] <G >Q[select 1] <E[08P01] <F[08P01] !
            copy t from stdin = !08P01 {IN TEXT 0/0} II R

            connection lost while idle
            >Q[select 1] <T <C[SELECT 1] <Z[I] !
            select 1 = SELECT 1 II C

            connection lost in a block
            >Q[begin] <C[BEGIN] <Z[T] !
            begin = BEGIN IT O; #R

            connection lost while a statement of a block runs
            >Q[begin] <C[BEGIN] <Z[T] >Q[select 1] !
            begin = BEGIN IT O; select 1 = ? TT R; #R

            connection lost at commit
            >Q[begin] <C[BEGIN] <Z[T] >Q[commit] !
            begin = BEGIN IT O; commit = ? TT U; #U

            connection lost at a commit within a query
            >Q[begin] <C[BEGIN] <Z[T] >Q[select 1; commit; select 2] !
            begin = BEGIN IT O; select 1 = ? TT U; commit = ? TT U; select 2 = ? TT U; #U

            connection lost at rollback
            >Q[begin] <C[BEGIN] <Z[T] >Q[rollback] !
            begin = BEGIN IT O; rollback = ? TT R; #R

            connection lost in autocommit
            >Q[insert into t values (1)] !
            insert into t values (1) = ? II U

            connection lost before sync
            >P[|insert into t values (1)] >B[] >E[] <1 <2 <C[INSERT 0 1] !
            insert into t values (1) = INSERT 0 1 II R

            connection lost behind sync
            >P[|insert into t values (1)] >B[] >E[] >S <1 <2 <C[INSERT 0 1] !
            insert into t values (1) = INSERT 0 1 II U

            connection lost with a pipeline in flight
            >P[a|insert into t values (1)] >B[|a] >E[] >B[|a] >E[] >S <1 <2 <C[INSERT 0 1] !
            insert into t values (1) = INSERT 0 1 II U; insert into t values (1) = ? II U

            connection lost with a suspended portal
            >Q[begin] <C[BEGIN] <Z[T] >P[|select 1] >B[p|] >E[p|1] >S <1 <2 <D <s <Z[T] !
            begin = BEGIN IT O; select 1 = ~ TT R; #R

            connection lost in copy in
            >Q[copy t from stdin] <G >d[a/] !
            copy t from stdin = ? {IN TEXT 1/2} II U

            connection lost after an error
            >P[|select 1/0] >B[] >E[] >S <1 <2 <E[22012] !
            select 1/0 = !22012 II R

            connection lost in a function call
            >F[42] !
            fn 42 = ? II U

            terminate answers nothing
            >Q[select 1] <T <C[SELECT 1] <Z[I] >X !
            select 1 = SELECT 1 II C

            malformed query
            >M[Q] <E[08P01] <Z[I]
            - = !08P01 II R

            malformed bind
            >P[|select 1] >M[B] >E[] >S <1 <E[08P01] <Z[I]
            - = !08P01@BIND II R
            """;

    private SessionScenarios() {}
}
