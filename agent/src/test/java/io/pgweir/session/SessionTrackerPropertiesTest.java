package io.pgweir.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for any sequence of messages, legal or not. */
class SessionTrackerPropertiesTest {
    private static final List<String> TOKENS = List.of(
            ">Q[select 1; select 2]",
            ">Q[begin]",
            ">Q[copy t from stdin]",
            ">Q[commit and chain]",
            ">Q[]",
            ">P[|select 1]",
            ">P[a|select 1]",
            ">B[|]",
            ">B[p|a]",
            ">Ds[a]",
            ">Dp[p]",
            ">E[]",
            ">E[p|1]",
            ">Cs[a]",
            ">Cp[p]",
            ">S",
            ">S",
            ">H",
            ">F[1]",
            ">d[a/]",
            ">c",
            ">f",
            ">X",
            ">M[Q]",
            ">M[B]",
            "<1",
            "<2",
            "<3",
            "<t",
            "<n",
            "<T",
            "<D",
            "<C[SELECT 1]",
            "<C[BEGIN]",
            "<C[COMMIT]",
            "<C[ROLLBACK]",
            "<C[DISCARD ALL]",
            "<I",
            "<s",
            "<G",
            "<H",
            "<W",
            "<d[a/]",
            "<c",
            "<V",
            "<N",
            "<A",
            "<K",
            "<R[0]",
            "<M[C]",
            "<P[client_encoding|UTF8]",
            "<E[22012]",
            "<E[42601|9]",
            "<Z[I]",
            "<Z[T]",
            "<Z[E]");

    @Property(tries = 3000)
    void nothingThrowsAndAFreshQueryIsUnderstoodAfterHealing(@ForAll("anything") List<String> tokens) {
        // Given
        Scenario scenario = Scenario.ready();
        tokens.forEach(token -> {
            scenario.step(token);
            assertThat(scenario.tracker.outstanding()).isNotNegative();
        });

        // When
        scenario.play(">S");
        for (int i = 0; scenario.tracker.outstanding() > 0; i++) {
            assertThat(i).as("answers that do not heal").isLessThan(1000);
            scenario.play("<Z[I]");
        }
        scenario.play("<Z[I]");
        long desyncs = scenario.tracker.desyncs();
        int told = scenario.listener.executions.size();
        scenario.play(">Q[select 42] <T <D <C[SELECT 1] <Z[I]");

        // Then
        assertThat(scenario.listener.told.getLast()).isEqualTo("select 42 = SELECT 1 II C");
        assertThat(scenario.listener.executions).hasSize(told + 1);
        assertThat(scenario.tracker.desyncs()).isEqualTo(desyncs);
        assertThat(scenario.tracker.phase()).isEqualTo(SessionPhase.READY);
    }

    @Property(tries = 1000)
    void everyExecutionIsToldOnceAndEveryTransactionEndsOnce(@ForAll("anything") List<String> tokens) {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        tokens.forEach(scenario::step);
        scenario.play("! !");

        // Then
        List<Execution> executions = scenario.listener.executions;
        assertThat(executions.stream().map(Execution::sequence)).doesNotHaveDuplicates();
        assertThat(executions.stream().mapToLong(Execution::sequence).max().orElse(0))
                .isEqualTo(executions.size());
        assertThat(scenario.listener.ends.stream().map(Transaction::number)).doesNotHaveDuplicates();
        assertThat(scenario.listener.ends).noneMatch(end -> end.outcome() == Transaction.Outcome.OPEN);
    }

    /** Segments as a server would answer them: each Execute that is answered is one execution. */
    @Property(tries = 1000)
    void everyAnsweredExecuteIsOneExecution(@ForAll("segments") List<String> segments) {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.playPipelined(String.join(" ", segments));

        // Then
        long expected = segments.stream()
                .mapToLong(segment -> segment.split("<C|<E").length - 1L)
                .sum();
        assertThat(scenario.listener.executions).hasSize((int) expected);
        assertThat(scenario.tracker.desyncs()).isZero();
        assertThat(scenario.tracker.outstanding()).isZero();
    }

    @Provide
    Arbitrary<List<String>> anything() {
        return Arbitraries.of(TOKENS).list().ofMaxSize(60);
    }

    @Provide
    Arbitrary<List<String>> segments() {
        return Arbitraries.of(
                        ">P[|select 1] >B[] >E[] >S <1 <2 <D <C[SELECT 1] <Z[I]",
                        ">P[|select 1] >B[] >E[|1] >E[] >S <1 <2 <D <s <C[SELECT 0] <Z[I]",
                        ">P[|select 1] >B[] >E[] >P[|x] >B[] >E[] >S <1 <2 <C[SELECT 0] <E[42601] <Z[I]",
                        ">P[|x] >B[] >E[] >Q[select 1] >S <E[42601] <Z[I]",
                        ">Q[select 1; select 2] <C[SELECT 1] <C[SELECT 1] <Z[I]",
                        ">Q[select 1; x; y] <C[SELECT 1] <E[42P01] <Z[I]",
                        ">Q[copy t from stdin] >d[a/] >c <G <C[COPY 1] <Z[I]",
                        ">P[|copy t from stdin] >B[] >E[] >S >d[a/] >S >c >S <1 <2 <G <C[COPY 1] <Z[I]",
                        ">F[1] <E[42883] <Z[I]",
                        ">S <Z[I]")
                .list()
                .ofMaxSize(30);
    }
}
