package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Commands of a walsender that answer with more than one CommandComplete. The last one bears the command's own name.
 *
 * <pre>
 *   BASE_BACKUP        T D C(SELECT)  T D* C(SELECT)  H d* c  T D C(SELECT)  C(BASE_BACKUP)
 *   START_REPLICATION  W d* c  (T D: the timeline that follows)  C(COPY 0) or C(START_STREAMING)  C(START_REPLICATION)
 * </pre>
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming Replication Protocol</a>
 */
final class ReplicationCommand {
    private static final String BASE_BACKUP = "BASE_BACKUP";
    private static final String START_REPLICATION = "START_REPLICATION";

    private ReplicationCommand() {}

    /** Whether the server's last word on {@code statement} is still to come. */
    static boolean isInterim(@Nullable SqlStatement statement, @Nullable String tag) {
        if (statement == null || tag == null || !statement.command().isEmpty()) {
            return false;
        }
        return (begins(statement, BASE_BACKUP) && !tag.equals(BASE_BACKUP))
                || (begins(statement, START_REPLICATION) && !tag.equals(START_REPLICATION));
    }

    private static boolean begins(SqlStatement statement, String word) {
        return statement.text().regionMatches(true, 0, word, 0, word.length());
    }
}
