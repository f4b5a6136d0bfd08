package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prepared statements and portals as they stand on the server <em>at the answer that is being read</em>. Answers come in the
 * order in which the server did the work, so names are resolved when a request is answered, never when it is sent: a name that
 * a pipeline prepares, closes and prepares again means what the server meant, and a failed Parse registers nothing.
 */
final class Names {
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();

    void prepare(PreparedStatement statement) {
        statements.put(statement.name, statement);
    }

    @Nullable
    PreparedStatement statement(String name) {
        return statements.get(name);
    }

    /** CLOSE, DEALLOCATE. Portals made of it live on: they hold its plan (exec_bind_message, DropPreparedStatement). */
    void forgetStatement(String name) {
        statements.remove(name);
    }

    /** DEALLOCATE ALL: all but the unnamed one, which is not in PostgreSQL's table. */
    void forgetNamedStatements() {
        PreparedStatement unnamed = statements.get("");
        statements.clear();
        if (unnamed != null) {
            statements.put("", unnamed);
        }
    }

    @Nullable
    Portal portal(String name) {
        return portals.get(name);
    }

    /** @return the portal that it took the place of */
    @Nullable
    Portal bind(Portal portal) {
        return portals.put(portal.name, portal);
    }

    @Nullable
    Portal forgetPortal(String name) {
        return portals.remove(name);
    }

    Iterable<Portal> portals() {
        return portals.values();
    }

    void forgetPortals() {
        portals.clear();
    }

    /** Whatever was named or forgotten lately, the server may not have done, or done to another. */
    void doubt() {
        for (PreparedStatement statement : statements.values()) {
            statement.doubtful = true;
        }
        for (Portal portal : portals.values()) {
            if (portal.statement != null) {
                portal.statement.doubtful = true;
            }
            if (portal.execution != null) {
                portal.execution.doubtful = true;
            }
        }
    }

    /** What an SQL-level EXECUTE of {@code name} runs. */
    @Nullable
    SqlStatement resolve(@Nullable String name) {
        PreparedStatement prepared = name == null ? null : statements.get(name);
        return prepared == null ? null : prepared.statement;
    }

    boolean isDoubtful(@Nullable String name) {
        PreparedStatement prepared = name == null ? null : statements.get(name);
        return prepared != null && prepared.doubtful;
    }
}
