package io.pgweir.proxy.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.HostPort;
import io.pgweir.proxy.split.Loss.Fate;
import io.pgweir.routing.split.Functions;
import io.pgweir.routing.split.Need;
import io.pgweir.routing.split.Reads;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementCache;
import io.pgweir.sql.facts.FactsCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of what a leader had not answered, by what it was. */
class LossTest {
    private final StatementCache statements = new StatementCache(1 << 20);
    private final FactsCache facts = new FactsCache(1 << 20);

    private Segment asked(String sql) {
        Segment segment = new Segment(null, new Route(new HostPort("h", 1), "n", "leader", "write", 0, 1, 0, 0), true);
        for (SqlStatement statement : statements.get(sql, LexicalRules.DEFAULT).statements()) {
            Need need = Reads.of(statement, facts.of(statement), Functions.NONE);
            segment.done.add(new Segment.Done(need, statement));
        }
        segment.keep(new byte[] {'Q'}, null, null);
        return segment;
    }

    private @Nullable Loss of(char status, boolean wrote, boolean retries, List<Segment> segments) {
        return Loss.of(new ArrayList<>(segments), (byte) status, wrote, retries);
    }

    private String fates(char status, boolean wrote, String... sql) {
        List<Segment> segments = new ArrayList<>();
        for (String each : sql) {
            segments.add(asked(each));
        }
        Loss loss = of(status, wrote, true, segments);
        if (loss == null) {
            return "nobody knows";
        }
        StringBuilder told = new StringBuilder();
        for (Loss.Step step : loss.steps()) {
            told.append(step.fate()).append(step.fate() == Fate.AGAIN ? ' ' : (char) step.status());
            if (step.fate() != Fate.AGAIN) {
                told.append(' ');
            }
        }
        return told + "-> " + (char) loss.status() + (loss.inBlock() ? " block" : "")
                + (loss.untold() ? " untold" : "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            I | false | select 1                      | AGAIN -> I
            I | false | set timezone to 'UTC'         | AGAIN -> I
            I | false | begin                         | AGAIN -> I
            I | false | insert into t values (1)      | UNKNOWNI -> I
            I | false | select who_knows()            | UNKNOWNI -> I
            I | false | create temp table x(i int)    | UNKNOWNI -> I
            I | false | begin; insert into t values (1); commit | nobody knows
            T | false | select 1                      | UNDONEE -> E block
            T | true  | select 1                      | UNDONEE -> E block
            T | true  | commit                        | UNKNOWNI -> I
            T | false | commit                        | UNDONEI -> I
            T | true  | prepare transaction 'x'       | UNKNOWNI -> I
            T | true  | rollback                      | AGAIN -> I block
            T | true  | rollback to s                 | UNDONEE -> E block
            E | true  | commit                        | UNDONEI -> I
            E | true  | rollback                      | AGAIN -> I block
            E | true  | select 1                      | UNDONEE -> E block
            """)
    void whatBecomesOfOneRequest(char status, boolean wrote, String sql, String expected) {
        assertThat(fates(status, wrote, sql)).isEqualTo(expected);
    }

    @Test
    void whatIsPipelinedIsToldInOrder() {
        assertThat(fates('I', false, "select 1", "insert into t values (1)", "select 2"))
                .isEqualTo("AGAIN UNKNOWNI AGAIN -> I");
        assertThat(fates('I', false, "begin", "insert into t values (1)", "commit", "select 1"))
                .isEqualTo("UNDONEI UNDONEI UNKNOWNI AGAIN -> I");
        assertThat(fates('I', false, "begin", "insert into t values (1)")).isEqualTo("UNDONEI UNDONEI -> I");
        assertThat(fates('T', true, "insert into t values (1)", "rollback", "select 1"))
                .isEqualTo("UNDONEE AGAIN AGAIN -> I block");
        assertThat(fates('T', true, "insert into t values (1)", "commit", "insert into t values (2)"))
                .isEqualTo("UNDONEE UNKNOWNI UNKNOWNI -> I");
    }

    @Test
    void whoIdlesInABlockIsToldLater() {
        assertThat(fates('T', true)).isEqualTo("-> E block untold");
        assertThat(fates('E', true)).isEqualTo("-> E block");
        assertThat(fates('I', true)).isEqualTo("-> I");
    }

    @Test
    void nothingIsRunAgainWhereNobodyWantsIt() {
        Loss loss = Objects.requireNonNull(of('I', false, false, List.of(asked("select 1"))));
        assertThat(loss.steps().getFirst().fate()).isEqualTo(Fate.UNDONE);
    }

    @Test
    void whatHasBegunToBeAnsweredIsNotRunAgain() {
        Segment rows = asked("select 1");
        rows.beyondRecall = true;
        Loss loss = Objects.requireNonNull(of('I', false, true, List.of(rows)));
        assertThat(loss.steps().getFirst().fate()).isEqualTo(Fate.UNDONE);
    }

    @Test
    void aBatchWithoutItsSyncIsNotRunAgain() {
        Segment open = asked("insert into t values (1)");
        open.open = true;
        assertThat(Objects.requireNonNull(of('I', false, true, List.of(open)))
                        .steps()
                        .getFirst()
                        .fate())
                .isEqualTo(Fate.UNKNOWN);
        Segment reads = asked("select 1");
        reads.open = true;
        assertThat(Objects.requireNonNull(of('I', false, true, List.of(reads)))
                        .steps()
                        .getFirst()
                        .fate())
                .isEqualTo(Fate.UNDONE);
    }
}
