package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What requests will run, told when they come in: {@link Names} knows what the server has confirmed, and that is later.
 *
 * <pre>
 *   given since the last Sync       what stands here: where the server runs what comes now, it has run all of that
 *   given before, and unanswered    this, or what it meant before: an error may have had the server skip it
 *   answered                        what {@link Names} says
 * </pre>
 *
 * <p>Errs on the side of more, and says so where anything may run. On the session's event loop.
 */
final class Foresight {
    /** A client that gives more names before a Sync, or before it is answered: what they stand for is unknown. */
    private static final int NAMES_MAX = 4096;

    private final Names names;
    private final Scripts scripts;
    private final RequestQueue queue;

    /** Since the last Sync. */
    private final Map<String, Prepared> statements = new HashMap<>();

    private final Map<String, Bound> portals = new HashMap<>();

    /** Before it, and not all of it answered. */
    private final Map<String, Meant> statementsBefore = new HashMap<>();

    private final Map<String, Meant> portalsBefore = new HashMap<>();

    /** What is not answered has given names in ways that are not kept here. */
    private boolean unsettled;

    /** A statement's text as the client sent it last. */
    private static final class Prepared {
        private final Meant meant;

        /** Of its Parse; null where it had none, or an Execute has stood on it. */
        private @Nullable UUID intent;

        Prepared(Meant meant) {
            this.meant = meant;
        }
    }

    /** @param prepared null where the statement's name is older than this segment */
    private record Bound(
            String statementName, Meant meant, @Nullable Prepared prepared) {}

    /** What a name may stand for. */
    private static final class Meant {
        private final List<SqlStatement> statements = new ArrayList<>(1);
        private boolean anything;

        static Meant anything() {
            Meant meant = new Meant();
            meant.anything = true;
            return meant;
        }

        void add(@Nullable SqlStatement statement) {
            if (statement != null && !statements.contains(statement)) {
                statements.add(statement);
                if (statements.size() > NAMES_MAX) {
                    statements.clear();
                    anything = true;
                }
            }
        }

        void add(@Nullable Meant other) {
            if (other != null) {
                anything |= other.anything;
                other.statements.forEach(this::add);
            }
        }
    }

    Foresight(Names names, Scripts scripts, RequestQueue queue) {
        this.names = names;
        this.scripts = scripts;
        this.queue = queue;
    }

    /** Of a request that came just now; null where it runs nothing. */
    @Nullable
    Foreseen of(Request request) {
        if (queue.outstanding() <= 1) {
            statementsBefore.clear();
            portalsBefore.clear();
            unsettled = false;
        }
        if (request.malformed) {
            return null;
        }
        return switch (request.kind) {
            case QUERY -> query(request);
            case PARSE -> parse(request);
            case EXECUTE -> execute(request);
            case FUNCTION_CALL ->
                new Foreseen(
                        Execution.Path.FUNCTION_CALL,
                        Execution.Step.EXECUTE,
                        List.of(),
                        List.of(),
                        false,
                        null,
                        null,
                        request.functionOid,
                        null);
            case BIND -> {
                Prepared prepared = statements.get(request.statementName);
                Meant meant = prepared == null ? meantBefore(request.statementName) : prepared.meant;
                give(portals, request.name, new Bound(request.statementName, meant, prepared));
                yield null;
            }
            case CLOSE_STATEMENT -> {
                statements.remove(request.name);
                yield null;
            }
            case CLOSE_PORTAL -> {
                portals.remove(request.name);
                yield null;
            }
            case SYNC -> {
                endSegment();
                yield null;
            }
            case DESCRIBE_STATEMENT, DESCRIBE_PORTAL, COPY_STREAM, COPY_END -> null;
        };
    }

    /** Behind a Sync the server goes on, whatever became of what was before it. */
    private void endSegment() {
        statements.forEach((name, prepared) -> addBefore(statementsBefore, name, prepared.meant));
        portals.forEach((name, bound) -> addBefore(portalsBefore, name, bound.meant));
        statements.clear();
        portals.clear();
    }

    private void addBefore(Map<String, Meant> before, String name, Meant meant) {
        Meant all = before.get(name);
        if (all == null) {
            all = new Meant();
            give(before, name, all);
        }
        all.add(meant);
    }

    private Foreseen query(Request request) {
        QueryText text = request.text;
        List<SqlStatement> asked = scripts.of(text == null ? "" : text.text).statements();
        Meant also = new Meant();
        also.anything = text != null && text.truncated;
        asked.forEach(statement -> resolve(statement, also));
        return new Foreseen(
                Execution.Path.SIMPLE,
                Execution.Step.EXECUTE,
                asked,
                List.copyOf(also.statements),
                also.anything,
                null,
                null,
                0,
                null);
    }

    private Foreseen parse(Request request) {
        QueryText text = request.text;
        SqlStatement statement = text == null ? null : scripts.single(text.text);
        Meant meant = new Meant();
        meant.add(statement);
        meant.anything = text != null && text.truncated;
        give(statements, request.name, new Prepared(meant));
        return new Foreseen(
                Execution.Path.EXTENDED,
                Execution.Step.PARSE,
                List.copyOf(meant.statements),
                List.of(),
                meant.anything,
                request.name,
                null,
                0,
                null);
    }

    /** The intent of a Parse stands for the first Execute behind it. */
    private Foreseen execute(Request request) {
        Bound bound = portals.get(request.name);
        Meant meant = bound == null ? boundBefore(request.name) : bound.meant;
        UUID intent = null;
        if (bound != null && bound.prepared != null) {
            intent = bound.prepared.intent;
            bound.prepared.intent = null;
        }
        List<SqlStatement> possible = meant.statements;
        Meant also = new Meant();
        also.anything = meant.anything;
        for (int i = 0; i < possible.size(); i++) {
            SqlStatement statement = possible.get(i);
            if (i < possible.size() - 1) {
                also.add(statement);
            }
            resolve(statement, also);
        }
        return new Foreseen(
                Execution.Path.EXTENDED,
                Execution.Step.EXECUTE,
                possible.isEmpty() ? List.of() : List.of(possible.getLast()),
                List.copyOf(also.statements),
                also.anything,
                bound == null ? null : bound.statementName,
                request.name,
                0,
                intent);
    }

    /** What {@code parse} intends is on record as {@code intent}. */
    void onParseIntent(Request parse, UUID intent) {
        Prepared prepared = statements.get(parse.name);
        if (prepared != null) {
            prepared.intent = intent;
        }
    }

    /** Adds what an SQL-level EXECUTE runs; heeds what gives names by SQL. */
    private void resolve(SqlStatement statement, Meant also) {
        switch (statement.kind()) {
            case EXECUTE -> {
                String name = statement.preparedName() == null ? "" : statement.preparedName();
                Prepared prepared = statements.get(name);
                also.add(prepared == null ? meantBefore(name) : prepared.meant);
            }
            case PREPARE, DEALLOCATE, DEALLOCATE_ALL, DISCARD_ALL -> {
                statements.clear();
                unsettled = true;
            }
            case BEGIN,
                    COMMIT,
                    ROLLBACK,
                    SAVEPOINT,
                    ROLLBACK_TO,
                    RELEASE,
                    PREPARE_TRANSACTION,
                    COMMIT_PREPARED,
                    ROLLBACK_PREPARED,
                    COPY,
                    OTHER -> {}
        }
    }

    /** Of a name that was not given within this segment. */
    private Meant meantBefore(String statementName) {
        PreparedStatement confirmed = names.statement(statementName);
        Meant sent = statementsBefore.get(statementName);
        if (unsettled || (confirmed == null && sent == null) || names.isDoubtful(statementName)) {
            return Meant.anything();
        }
        Meant meant = new Meant();
        meant.add(confirmed == null ? null : confirmed.statement);
        meant.anything = confirmed != null && confirmed.text.truncated;
        meant.add(sent);
        return meant;
    }

    private Meant boundBefore(String portalName) {
        Portal confirmed = names.portal(portalName);
        Meant sent = portalsBefore.get(portalName);
        if (confirmed == null && sent == null) {
            return Meant.anything();
        }
        Meant meant = new Meant();
        if (confirmed != null) {
            PreparedStatement statement = confirmed.statement;
            meant.add(statement == null ? null : statement.statement);
            meant.anything = statement == null || statement.doubtful || statement.text.truncated;
        }
        meant.add(sent);
        return meant;
    }

    private <V> void give(Map<String, V> map, String name, V value) {
        if (map.size() >= NAMES_MAX && !map.containsKey(name)) {
            map.clear();
            unsettled = true;
        }
        map.put(name, value);
    }
}
