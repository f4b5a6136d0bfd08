package io.pgweir.proxy;

import io.pgweir.session.Execution;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementClass;
import io.pgweir.telemetry.Histogram;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What all sessions of an agent count, each counter looked up once. Any thread; nothing here allocates or waits. */
final class SessionMetrics {
    private final Map<StatementClass, OfClass> classes = new EnumMap<>(StatementClass.class);

    /** Of a statement that pgweir never saw. */
    private final OfClass unknown;

    private final Histogram ownTime;
    private final Map<Transaction.Outcome, LongAdder> transactions = new EnumMap<>(Transaction.Outcome.class);
    private final LongAdder fromClient;
    private final LongAdder fromServer;
    private final Telemetry telemetry;

    private enum Outcome {
        OK,
        ERROR,
        REFUSED,
        UNANSWERED
    }

    private record OfClass(Map<Outcome, LongAdder> statements, Histogram serverTime) {
        static OfClass of(String name, Telemetry telemetry) {
            Map<Outcome, LongAdder> statements = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                statements.put(outcome, telemetry.counter(Metric.STATEMENTS, name, word(outcome)));
            }
            return new OfClass(statements, telemetry.histogram(Metric.STATEMENT_SERVER_TIME, name));
        }

        void increment(Outcome outcome) {
            Objects.requireNonNull(statements.get(outcome)).increment();
        }
    }

    SessionMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        for (StatementClass each : StatementClass.values()) {
            classes.put(each, OfClass.of(word(each), telemetry));
        }
        unknown = OfClass.of("unknown", telemetry);
        for (Transaction.Outcome outcome : Transaction.Outcome.values()) {
            transactions.put(outcome, telemetry.counter(Metric.TRANSACTIONS, word(outcome)));
        }
        ownTime = telemetry.histogram(Metric.STATEMENT_OWN_TIME);
        fromClient = telemetry.counter(Metric.TRAFFIC, "from-client");
        fromServer = telemetry.counter(Metric.TRAFFIC, "from-server");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    void onExecution(Execution execution) {
        OfClass of = classOf(execution);
        of.increment(outcome(execution));
        if (execution.rows() > 0) {
            telemetry.add(Metric.STATEMENT_ROWS, execution.rows());
        }
        ownTime.record(execution.ownNanos());
        if (execution.answered() && !execution.refused()) {
            of.serverTime().record(execution.endNanos() - execution.startNanos() - execution.ownNanos());
        }
    }

    private OfClass classOf(Execution execution) {
        SqlStatement statement = execution.statement();
        StatementClass known = statement != null
                ? statement.statementClass()
                : execution.path() == Execution.Path.FUNCTION_CALL ? StatementClass.FUNCTION : null;
        return known == null ? unknown : Objects.requireNonNull(classes.get(known));
    }

    private static Outcome outcome(Execution execution) {
        if (execution.refused()) {
            return Outcome.REFUSED;
        }
        if (execution.error() != null) {
            return Outcome.ERROR;
        }
        return execution.answered() ? Outcome.OK : Outcome.UNANSWERED;
    }

    void onTransactionEnd(Transaction transaction) {
        Objects.requireNonNull(transactions.get(transaction.outcome())).increment();
    }

    void onBytesFromClient(int bytes) {
        fromClient.add(bytes);
    }

    void onBytesFromServer(int bytes) {
        fromServer.add(bytes);
    }
}
