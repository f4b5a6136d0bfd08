package io.pgweir.audit.encode;

import io.pgweir.audit.Origin;
import io.pgweir.config.AuditConfig;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementClass;
import io.pgweir.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/**
 * What of a statement may be shown.
 *
 * @param text whether literals are
 * @param parameters whether values are
 */
record Redaction(AuditConfig.Content text, AuditConfig.Content parameters) {
    private static final String SYNTAX_ERROR = "42601";

    static Redaction of(AuditConfig config) {
        return new Redaction(config.text(), config.parameters());
    }

    boolean showsLiterals() {
        return text == AuditConfig.Content.FULL;
    }

    boolean showsParametersOf(Execution execution) {
        return (parameters == AuditConfig.Content.FULL || isCaptured(execution)) && mayTellParametersOf(execution);
    }

    /** A rule wants them in the record. */
    private static boolean isCaptured(Execution execution) {
        return execution.opinion() instanceof Verdict verdict && verdict.capturesFull();
    }

    /** By a token at least. Parameters of a statement that sets secrets may be the secret. */
    boolean mayTellParametersOf(Execution execution) {
        return !mayHoldSecrets(execution.statement()) && !mayHoldSecrets(execution.resolved());
    }

    /** The server's message as the record may show it. */
    String message(Origin origin, Execution execution, ErrorFields error) {
        return showsMessagesOf(execution, error)
                ? error.message()
                : ServerMessage.redacted(error, name -> isNamedBy(origin, execution, name));
    }

    private static boolean isNamedBy(Origin origin, Execution execution, String name) {
        SqlStatement statement = execution.statement();
        SqlStatement resolved = execution.resolved();
        return (statement != null && statement.mentions(name))
                || (resolved != null && resolved.mentions(name))
                || name.equals(execution.statementName())
                || name.equals(execution.portalName())
                || name.equals(origin.user())
                || name.equals(origin.database());
    }

    /**
     * Message, detail and hint as they came: they may quote every literal and parameter. A syntax error is of the whole query, and
     * may quote a secret of another statement than the one that has the record.
     */
    boolean showsMessagesOf(Execution execution, ErrorFields error) {
        return showsLiterals()
                && showsParametersOf(execution)
                && (!error.sqlState().equals(SYNTAX_ERROR) || quotes(error.message(), execution.statement()));
    }

    private static boolean quotes(String message, @Nullable SqlStatement statement) {
        int from = message.indexOf('"');
        int to = message.lastIndexOf('"');
        return from == to
                || (statement != null && statement.withoutSecrets().contains(message.substring(from + 1, to)));
    }

    private static boolean mayHoldSecrets(@Nullable SqlStatement statement) {
        return statement != null
                && (statement.statementClass() == StatementClass.ROLE
                        || !statement.withoutSecrets().equals(statement.text()));
    }
}
