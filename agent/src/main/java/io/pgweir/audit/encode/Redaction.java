package io.pgweir.audit.encode;

import io.pgweir.audit.Origin;
import io.pgweir.config.AuditConfig;
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

    static Redaction of(AuditConfig config) {
        return new Redaction(config.text(), config.parameters());
    }

    /** The statement as its record may show it; never a secret. */
    String shown(SqlStatement statement) {
        return switch (text) {
            case REDACTED -> statement.redacted();
            case FULL -> statement.withoutSecrets();
        };
    }

    boolean showsLiterals() {
        return text == AuditConfig.Content.FULL;
    }

    /** Parameters of a statement that sets secrets may be the secret. */
    boolean showsParametersOf(Execution execution) {
        return parameters == AuditConfig.Content.FULL
                && !mayHoldSecrets(execution.statement())
                && !mayHoldSecrets(execution.resolved());
    }

    /** The server's message as the record may show it. */
    String message(Origin origin, Execution execution, ErrorFields error) {
        return showsMessagesOf(execution)
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

    /** Message, detail and hint as they came: they may quote every literal and parameter. */
    boolean showsMessagesOf(Execution execution) {
        return showsLiterals() && showsParametersOf(execution);
    }

    private static boolean mayHoldSecrets(@Nullable SqlStatement statement) {
        return statement != null
                && (statement.statementClass() == StatementClass.ROLE
                        || !statement.withoutSecrets().equals(statement.text()));
    }
}
