package io.pgweir.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.facts.FactsCache;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which statements of others each session waits for. */
class CommitTurnsTest {
    private final CommitTurns turns = new CommitTurns(Long.MAX_VALUE, new FactsCache(1 << 20));
    private final Client one = new Client();
    private final Client two = new Client();

    /** One session, as its steps come out. */
    private final class Client {
        final List<Step> steps = new ArrayList<>();
        final CommitTurns.Session session = turns.session(steps::add);

        void ask(long number, String sql, boolean ends) {
            Step.Send send = new Step.Send(number, (byte) 'Q', new byte[0], number, new String[] {sql}, 0, 0, -1);
            session.onAsked(send, SqlScript.of(sql, LexicalRules.DEFAULT).statements(), true, ends);
        }

        void answer(long number) {
            session.onAnswered(new Step.Expect(new Response(1, number, number, 0, 0, "", "", 0, 0, 0, 0, 0)), number);
        }

        /** All but what is expected. */
        List<String> told() {
            return steps.stream()
                    .filter(each -> !(each instanceof Step.Expect))
                    .map(each -> switch (each) {
                        case Step.Send send -> send.labels()[0];
                        case Step.Await(long number) -> "await " + number;
                        case Step.Ran(long number, long _) -> "ran " + number;
                        default -> each.toString();
                    })
                    .toList();
        }
    }

    @Test
    void whatReadsWaitsForTheWritesBefore() {
        one.ask(1, "insert into t values (1)", true);
        one.answer(1);
        one.ask(2, "select * from t", true);
        one.answer(2);

        two.ask(1, "select * from t", true);

        assertThat(one.told())
                .containsExactly("insert into t values (1)", "ran 1", "await 1", "select * from t", "ran 2");
        assertThat(two.told()).containsExactly("await 1", "select * from t");
    }

    @Test
    void whatWritesWaitsForTheReadsBeforeToo() {
        one.ask(1, "select * from t", true);
        one.answer(1);

        two.ask(1, "drop table t", true);
        two.answer(1);

        assertThat(two.told()).containsExactly("await 1", "drop table t", "ran 2");
    }

    @Test
    void nothingWaitsForWhatIsInItsOwnSegment() {
        two.ask(1, "select 1", true);
        two.answer(1);
        one.ask(1, "select * from t", false);
        one.ask(2, "insert into t values (1)", false);

        one.answer(1);
        two.ask(2, "select 2", true);
        two.answer(2);
        one.answer(2);

        assertThat(one.told())
                .containsExactly("select * from t", "ran 2", "await 1", "insert into t values (1)", "ran 4");
    }

    @Test
    void whatIsDoneIsToldThoughTheNextIsHeldBack() {
        one.ask(1, "insert into t values (1)", true);
        one.ask(2, "insert into t values (2)", true);

        one.answer(1);

        assertThat(one.told()).containsExactly("insert into t values (1)", "ran 1");
    }
}
