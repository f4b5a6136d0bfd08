package io.pgweir.rules.when;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import io.pgweir.rules.Question;
import io.pgweir.rules.when.Variable.Scope;
import io.pgweir.session.Transaction;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.facts.CopyFacts;
import io.pgweir.sql.facts.StatementFacts;
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that an expression may name, by name; docs/rules.md tells them to people. */
final class Variables {
    static final Map<String, Variable> ALL = new LinkedHashMap<>();

    private static final CelType TEXTS = ListType.create(SimpleType.STRING);

    static {
        put("now", SimpleType.TIMESTAMP, Scope.ALWAYS, question -> instant(question.nowMicros()));
        session();
        statement();
        flags();
        streams();
        transaction();
    }

    private Variables() {}

    private static void session() {
        text("session.id", question -> question.asker().session().toString());
        text("session.user", question -> question.asker().user());
        text("session.database", question -> question.asker().database());
        text("session.application", question -> question.asker().application());
        text("session.address", question -> {
            InetAddress address = question.asker().address();
            return address == null ? "" : address.getHostAddress();
        });
        text("session.listener", question -> question.asker().listener());
        text("session.cluster", question -> question.asker().cluster());
        put(
                "session.tls",
                SimpleType.BOOL,
                Scope.ALWAYS,
                question -> question.asker().tls());
        text("session.authentication", question -> question.asker().authentication());
        put(
                "session.start",
                SimpleType.TIMESTAMP,
                Scope.ALWAYS,
                question -> instant(question.asker().startMicros()));
    }

    private static void statement() {
        fact("statement.command", SimpleType.STRING, StatementFacts::command);
        sure("statement.commands", TEXTS, facts -> texts(facts.commands()));
        fact(
                "statement.class",
                SimpleType.STRING,
                facts -> facts.statementClass().name());
        fact("statement.fingerprint", SimpleType.STRING, StatementFacts::fingerprint);
        sure("statement.reads", TEXTS, facts -> texts(facts.reads()));
        sure("statement.writes", TEXTS, facts -> texts(facts.writes()));
        sure("statement.columns", TEXTS, facts -> texts(facts.columns()));
        sure("statement.functions", TEXTS, facts -> texts(facts.functions()));
        sure("statement.roles", TEXTS, facts -> texts(facts.roles()));
        sure("statement.setting", SimpleType.STRING, facts -> facts.setting() == null ? "" : facts.setting());
        sure("statement.joins", SimpleType.INT, facts -> (long) facts.joins());
        sure("statement.limit", SimpleType.INT, facts -> facts.limit() == null ? Long.MAX_VALUE : facts.limit());
        fact("statement.depth", SimpleType.INT, facts -> (long) facts.depth());
        put("statement.position", SimpleType.INT, Scope.STATEMENT, question -> (long) question.position());
        put("statement.count", SimpleType.INT, Scope.STATEMENT, question -> (long) question.statements());
        put("statement.path", SimpleType.STRING, Scope.STATEMENT, question -> word(question.path()));
    }

    private static void flags() {
        sure("statement.has_where", SimpleType.BOOL, StatementFacts::hasWhere);
        sure("statement.where_is_trivial", SimpleType.BOOL, StatementFacts::whereIsTrivial);
        sure("statement.selects_all", SimpleType.BOOL, StatementFacts::selectsAll);
        sure("statement.locks_rows", SimpleType.BOOL, StatementFacts::locksRows);
        sure("statement.writes_in_cte", SimpleType.BOOL, StatementFacts::writesInCte);
        sure("statement.select_into", SimpleType.BOOL, StatementFacts::selectInto);
        sure("statement.explain", SimpleType.BOOL, StatementFacts::explain);
        sure("statement.explain_analyze", SimpleType.BOOL, StatementFacts::explainAnalyze);
        fact("statement.ambiguous", SimpleType.BOOL, StatementFacts::ambiguous);
        put("statement.complete", SimpleType.BOOL, Scope.STATEMENT, question -> {
            StatementFacts facts = question.facts();
            return facts != null && facts.complete();
        });
    }

    private static void streams() {
        put("bind.values", ListType.create(NullableType.create(SimpleType.STRING)), Scope.BIND, BoundValues::texts);
        put("bind.count", SimpleType.INT, Scope.BIND, BoundValues::count);
        put("result.rows", SimpleType.INT, Scope.RESULT, Question::rows);
        put("result.bytes", SimpleType.INT, Scope.RESULT, Question::bytes);
        put("result.columns", TEXTS, Scope.RESULT, Question::columns);
        copy("copy.direction", copy -> word(copy.direction()));
        copy("copy.target", copy -> word(copy.target()));
        put("copy.format", SimpleType.STRING, Scope.COPY, question -> {
            CopyClause.Format format = question.copyFormat();
            return format == null ? null : word(format);
        });
        put("copy.rows", SimpleType.INT, Scope.COPY, Question::rows);
        put("copy.bytes", SimpleType.INT, Scope.COPY, Question::bytes);
    }

    private static void transaction() {
        transaction("transaction.number", SimpleType.INT, Transaction::number);
        transaction("transaction.explicit", SimpleType.BOOL, Transaction::explicit);
        transaction("transaction.executions", SimpleType.INT, transaction -> (long) transaction.executions());
        transaction("transaction.outcome", SimpleType.STRING, transaction -> word(transaction.outcome()));
    }

    private static void put(String name, CelType type, Scope scope, Function<Question, @Nullable Object> value) {
        ALL.put(name, new Variable(name, type, scope, value));
    }

    private static void text(String name, Function<Question, @Nullable Object> value) {
        put(name, SimpleType.STRING, Scope.ALWAYS, value);
    }

    /** Told by the statement's first words. */
    private static void fact(String name, CelType type, Function<StatementFacts, @Nullable Object> value) {
        put(name, type, Scope.STATEMENT, question -> {
            StatementFacts facts = question.facts();
            return facts == null ? null : value.apply(facts);
        });
    }

    /** Told by the whole of the statement: unknown where some of it is. */
    private static void sure(String name, CelType type, Function<StatementFacts, @Nullable Object> value) {
        put(name, type, Scope.STATEMENT, question -> {
            StatementFacts facts = question.facts();
            return facts == null || !facts.complete() || facts.ambiguous() ? null : value.apply(facts);
        });
    }

    private static void copy(String name, Function<CopyFacts, @Nullable Object> value) {
        put(name, SimpleType.STRING, Scope.STATEMENT, question -> {
            StatementFacts facts = question.facts();
            CopyFacts copy = facts == null ? null : facts.copy();
            return copy != null ? value.apply(copy) : facts != null && facts.complete() ? "" : null;
        });
    }

    private static void transaction(String name, CelType type, Function<Transaction, @Nullable Object> value) {
        put(name, type, Scope.ALWAYS, question -> {
            Transaction transaction = question.transaction();
            return transaction == null ? null : value.apply(transaction);
        });
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static List<String> texts(Collection<?> names) {
        return names.stream().map(String::valueOf).sorted().toList();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
