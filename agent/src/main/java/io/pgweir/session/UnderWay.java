package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a session asks of its server at one moment.
 *
 * @param statement null where it is none, or cannot be told before the server has answered more
 * @param startNanos when the request arrived
 */
public record UnderWay(@Nullable SqlStatement statement, long startNanos) {

    /** Of the request that the server is to answer next; null where it owes no answer. Changes nothing. */
    static @Nullable UnderWay of(RequestQueue queue, Names names, Running running, Scripts scripts) {
        for (int i = 0; i < queue.size(); i++) {
            Request request = queue.at(i);
            if (!request.kind.isCopyMark()) {
                Execution execution = running.execution();
                SqlStatement statement = execution == null ? statement(request, names, scripts) : execution.statement();
                return new UnderWay(statement, execution == null ? request.startNanos : execution.startNanos());
            }
        }
        return null;
    }

    private static @Nullable SqlStatement statement(Request request, Names names, Scripts scripts) {
        return switch (request.kind) {
            case QUERY, PARSE -> first(request.text, scripts);
            case BIND -> of(names.statement(request.statementName));
            case DESCRIBE_STATEMENT, CLOSE_STATEMENT -> of(names.statement(request.name));
            case EXECUTE, DESCRIBE_PORTAL, CLOSE_PORTAL -> of(names.portal(request.name));
            case SYNC, FUNCTION_CALL, COPY_STREAM, COPY_END -> null;
        };
    }

    private static @Nullable SqlStatement first(@Nullable QueryText text, Scripts scripts) {
        List<SqlStatement> statements =
                text == null ? List.of() : scripts.of(text.text).statements();
        return statements.isEmpty() ? null : statements.getFirst();
    }

    private static @Nullable SqlStatement of(@Nullable PreparedStatement prepared) {
        return prepared == null ? null : prepared.statement;
    }

    private static @Nullable SqlStatement of(@Nullable Portal portal) {
        return portal == null ? null : of(portal.statement);
    }
}
