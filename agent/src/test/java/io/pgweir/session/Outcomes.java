package io.pgweir.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Reply;
import io.pgweir.session.Transaction.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds what was recorded against what the server said. */
final class Outcomes {
    private static final Pattern NUMBER = Pattern.compile("insert into n values \\((\\d+)\\)");

    private final Set<Integer> committed;
    int insertsThatRan;

    /** @param committed gets the numbers that are in the table if the records are right */
    Outcomes(Set<Integer> committed) {
        this.committed = committed;
    }

    void check(List<Reply> said, List<Execution> executions, List<Transaction> ends, long repeated, String what) {
        List<String> tags = said.stream()
                .filter(reply -> reply.type() == 'C' || reply.type() == 'I')
                .map(reply -> reply.type() == 'I'
                        ? ""
                        : reply.toString().substring(2, reply.toString().length() - 1))
                .sorted()
                .toList();
        List<String> recorded = executions.stream()
                .filter(execution -> execution.path() != Execution.Path.FUNCTION_CALL)
                .filter(execution -> execution.answered() && !execution.suspended())
                .filter(execution -> execution.tag() != null || execution.error() == null)
                .map(execution -> execution.tag() == null ? "" : execution.tag())
                .sorted()
                .toList();
        assertThat(tags.size() - recorded.size()).as(what).isEqualTo((int) repeated);
        assertThat(tags).as(what).containsAll(recorded);
        assertThat(executions.stream()
                        .filter(execution -> execution.error() != null)
                        .map(execution -> String.valueOf(execution.error().sqlState()))
                        .sorted())
                .as(what)
                .containsExactlyElementsOf(said.stream()
                        .filter(reply -> reply.type() == 'E')
                        .map(reply -> reply.field('C'))
                        .sorted()
                        .toList());
        Map<Long, Outcome> of = new HashMap<>();
        ends.forEach(end -> of.put(end.number(), end.outcome()));
        executions.forEach(execution -> add(execution, of, what));
    }

    private void add(Execution execution, Map<Long, Outcome> of, String what) {
        boolean ran = execution.tag() != null && execution.tag().startsWith("INSERT");
        insertsThatRan += ran || isFailedCommitOfInsert(execution) ? 1 : 0;
        Transaction transaction = execution.transaction();
        Outcome outcome = of.getOrDefault(transaction.number(), transaction.outcome());
        assertThat(outcome).as(what).isNotEqualTo(Outcome.UNKNOWN).isNotEqualTo(Outcome.OPEN);
        if (ran && outcome == Outcome.COMMITTED && execution.statement() != null) {
            Matcher number = NUMBER.matcher(execution.statement().text());
            if (number.find()) {
                assertThat(committed.add(Integer.parseInt(number.group(1))))
                        .as(what)
                        .isTrue();
            }
        }
    }

    /** The number of an INSERT that is recorded as committed, when that was known at its record. */
    static void addCommitted(Execution execution, Set<Integer> committed) {
        if (execution.tag() == null
                || execution.statement() == null
                || execution.transaction().outcome() != Outcome.COMMITTED) {
            return;
        }
        Matcher number = NUMBER.matcher(execution.statement().text());
        if (execution.tag().startsWith("INSERT") && number.find()) {
            committed.add(Integer.parseInt(number.group(1)));
        }
    }

    /** A Query's last statement has run when the commit behind it fails: PostgreSQL counts it and sends no tag. */
    private static boolean isFailedCommitOfInsert(Execution execution) {
        return execution.tag() == null
                && execution.error() != null
                && execution.error().sqlState().equals("23503")
                && execution.statement() != null
                && execution.statement().command().equals("INSERT");
    }
}
