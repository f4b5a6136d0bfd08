package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Prepared statements and portals as they stand on the server <em>at the answer that is being read</em>. Answers come in the
 * order in which the server did the work, so names are resolved when a request is answered, never when it is sent: a name that
 * a pipeline prepares, closes and prepares again means what the server meant, and a failed Parse registers nothing.
 */
final class Names {
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();

    /** What DECLARE has opened. */
    private final Map<String, SqlStatement> cursors = new HashMap<>(0);

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

    /** @return the portal that it took the place of; a cursor of its name cannot have been there any more */
    @Nullable
    Portal bind(Portal portal) {
        cursors.remove(portal.name);
        return portals.put(portal.name, portal);
    }

    /** @return the portal of that name; a cursor of it is forgotten, too */
    @Nullable
    Portal forgetPortal(String name) {
        cursors.remove(name);
        return portals.remove(name);
    }

    void declare(SqlStatement statement) {
        String name = statement.cursorName();
        if (cursors.size() >= Cursors.NAMES_MAX) {
            cursors.clear();
        }
        if (name != null) {
            cursors.put(name, statement);
        }
    }

    void forgetCursor(String name) {
        cursors.remove(name);
    }

    void forgetCursors() {
        cursors.clear();
    }

    /** Of all prepared statements, the unnamed one too. */
    List<Snapshot.Prepared> prepared() {
        return statements.values().stream()
                .map(each -> new Snapshot.Prepared(
                        each.name,
                        each.text.text,
                        !each.text.truncated,
                        Arrays.stream(each.types).boxed().toList()))
                .toList();
    }

    /** Of portals and cursors. */
    List<String> open() {
        return Stream.concat(portals.keySet().stream(), cursors.keySet().stream())
                .distinct()
                .toList();
    }

    Iterable<Portal> portals() {
        return portals.values();
    }

    /** At a transaction's end. Of cursors WITH HOLD those that were rolled back are not told apart: nobody can fetch from them. */
    void forgetPortals() {
        portals.clear();
        if (!cursors.isEmpty()) {
            cursors.values().removeIf(declared -> !Cursors.isHeld(declared));
        }
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

    /** What FETCH of {@code name} brings rows of: of a DECLARE, or of a portal that the protocol bound. */
    @Nullable
    SqlStatement fetched(String name) {
        SqlStatement declared = cursors.get(name);
        Portal portal = portals.get(name);
        if (declared != null || portal == null || portal.statement == null) {
            return declared;
        }
        return portal.statement.statement;
    }
}
