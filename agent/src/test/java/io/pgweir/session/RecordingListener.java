package io.pgweir.session;

import io.pgweir.wire.ErrorFields;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what it is told, and writes it down in a line: see {@link Scenario}. */
final class RecordingListener implements SessionListener {
    final List<Execution> executions = new ArrayList<>();
    final List<Transaction> ends = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    final List<String> authentications = new ArrayList<>();

    @Override
    public void onAuthentication(String method, @Nullable ErrorFields error, long nanos) {
        authentications.add(error == null ? method : method + "!" + error.sqlState());
    }

    @Override
    public void onExecution(Execution execution) {
        executions.add(execution);
        told.add(line(execution));
    }

    @Override
    public void onTransactionEnd(Transaction transaction) {
        ends.add(transaction);
        told.add("#" + letter(transaction.outcome()));
    }

    @Override
    public void onParameterStatus(String name, String value) {
        told.add(name + ":" + value);
    }

    private static String line(Execution execution) {
        StringBuilder line = new StringBuilder();
        if (execution.path() == Execution.Path.FUNCTION_CALL) {
            line.append("fn ").append(execution.functionOid());
        } else {
            line.append(
                    execution.statement() == null ? "-" : execution.statement().text());
        }
        if (execution.resolved() != null) {
            line.append("->").append(execution.resolved().text());
        }
        line.append(" = ");
        if (execution.suspended()) {
            line.append("~");
        } else if (!execution.answered()) {
            line.append("?");
        } else if (execution.tag() != null) {
            line.append(execution.tag());
        } else if (execution.error() == null) {
            line.append("ok");
        }
        if (execution.error() != null) {
            line.append("!").append(execution.error().sqlState());
        }
        if (execution.step() != Execution.Step.EXECUTE) {
            line.append("@").append(execution.step());
        }
        CopyTotals copy = execution.copy();
        if (copy != null) {
            line.append(" {" + copy.direction() + " " + copy.format() + " " + copy.rows() + "/" + copy.bytes() + "}");
        }
        line.append(" ")
                .append(execution.statusBefore().code())
                .append(execution.statusAfter().code());
        line.append(" ").append(letter(execution.transaction().outcome()));
        return line.append(execution.doubtful() ? " ??" : "").toString();
    }

    private static char letter(Transaction.Outcome outcome) {
        return switch (outcome) {
            case OPEN -> 'O';
            case COMMITTED -> 'C';
            case ROLLED_BACK -> 'R';
            case PREPARED -> 'P';
            case UNKNOWN -> 'U';
        };
    }
}
