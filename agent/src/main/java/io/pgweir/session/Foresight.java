package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
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
    private static final int NAMES_MAX = Meant.STATEMENTS_MAX;

    private final Names names;
    private final Scripts scripts;
    private final RequestQueue queue;
    private final Cursors cursors = new Cursors();
    private final LexingDoubt lexing;

    /** Since the last Sync. */
    private final Map<String, Prepared> statements = new HashMap<>();

    private final Map<String, Bound> portals = new HashMap<>();

    /** Before it, and not all of it answered. */
    private final Map<String, Meant> statementsBefore = new HashMap<>();

    private final Map<String, Meant> portalsBefore = new HashMap<>();

    /** What is not answered has given names in ways that are not kept here. */
    private boolean unsettled;

    /** Something has run since the last Sync, and what it did to settings is told with the answer to the next. */
    private boolean ran;

    /** A statement's text as the client sent it last. */
    private static final class Prepared {
        private final Meant meant;
        private final int[] types;

        /** Of its Parse; null where it had none, or an Execute has stood on it. */
        private @Nullable UUID intent;

        Prepared(Meant meant, int[] types) {
            this.meant = meant;
            this.types = types;
        }
    }

    private static final class Bound {
        private final String statementName;
        private final Meant meant;

        /** Null where the statement's name is older than this segment. */
        private final @Nullable Prepared prepared;

        private @Nullable Opinion opinion;

        Bound(String statementName, Meant meant, @Nullable Prepared prepared) {
            this.statementName = statementName;
            this.meant = meant;
            this.prepared = prepared;
        }
    }

    Foresight(Names names, Scripts scripts, RequestQueue queue) {
        this.names = names;
        this.scripts = scripts;
        this.queue = queue;
        this.lexing = new LexingDoubt(scripts);
    }

    /** Of a request that came just now; null where it runs nothing. */
    @Nullable
    Foreseen of(Request request, boolean inTransaction) {
        if (queue.outstanding() <= 1) {
            statementsBefore.clear();
            portalsBefore.clear();
            unsettled = false;
            lexing.settle();
            if (!inTransaction && !ran) {
                cursors.endTransaction();
            }
        }
        if (request.malformed) {
            return null;
        }
        Foreseen foreseen = foreseen(request);
        Bound bound = portals.get(request.name);
        lexing.on(request, bound == null ? null : bound.meant);
        return foreseen;
    }

    private @Nullable Foreseen foreseen(Request request) {
        return switch (request.kind) {
            case QUERY -> query(request);
            case PARSE -> parse(request);
            case EXECUTE -> execute(request);
            case FUNCTION_CALL -> {
                ran = false;
                yield foreseen(
                        Execution.Path.FUNCTION_CALL,
                        Execution.Step.EXECUTE,
                        List.of(),
                        new Meant(),
                        null,
                        null,
                        request.functionOid,
                        null);
            }
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
        statements.forEach((name, prepared) -> before(statementsBefore, name).add(prepared.meant));
        portals.forEach((name, bound) -> {
            Meant all = before(portalsBefore, name);
            all.add(bound.meant);
            all.onBound(bound.opinion);
        });
        statements.clear();
        portals.clear();
        ran = false;
    }

    private Meant before(Map<String, Meant> before, String name) {
        Meant all = before.get(name);
        if (all == null) {
            all = new Meant();
            give(before, name, all);
        }
        return all;
    }

    private Foreseen query(Request request) {
        QueryText text = request.text;
        List<SqlStatement> asked = scripts.of(text == null ? "" : text.text).statements();
        Meant also = new Meant();
        lexing.addReadings(text, also);
        ran = false;
        asked.forEach(statement -> resolve(statement, also));
        return foreseen(Execution.Path.SIMPLE, Execution.Step.EXECUTE, asked, also, null, null, 0, null);
    }

    private Foreseen parse(Request request) {
        QueryText text = request.text;
        Meant meant = new Meant();
        lexing.addReadings(text, meant);
        meant.add(text == null ? null : scripts.single(text.text), null);
        give(statements, request.name, new Prepared(meant, request.types));
        return foreseen(Execution.Path.EXTENDED, Execution.Step.PARSE, meant, request.name, null, null);
    }

    /** The intent of a Parse stands for the first Execute behind it. */
    private Foreseen execute(Request request) {
        ran = true;
        Bound bound = portals.get(request.name);
        Meant meant = bound == null ? boundBefore(request.name) : bound.meant;
        UUID intent = null;
        if (bound != null && bound.prepared != null) {
            intent = bound.prepared.intent;
            bound.prepared.intent = null;
        }
        Meant all = meant;
        if (bound != null && bound.opinion != null) {
            all = new Meant();
            all.add(meant);
            all.onBound(bound.opinion);
        }
        return foreseen(
                Execution.Path.EXTENDED,
                Execution.Step.EXECUTE,
                all,
                bound == null ? null : bound.statementName,
                request.name,
                intent);
    }

    /** Of one statement: the likeliest of those that it may be. */
    private Foreseen foreseen(
            Execution.Path path,
            Execution.Step step,
            Meant meant,
            @Nullable String statementName,
            @Nullable String portalName,
            @Nullable UUID intent) {
        List<SqlStatement> possible = meant.statements;
        Meant also = meant.withoutStatements();
        for (int i = 0; i < possible.size(); i++) {
            SqlStatement statement = possible.get(i);
            if (i < possible.size() - 1) {
                also.add(statement);
            }
            if (step == Execution.Step.EXECUTE) {
                resolve(statement, also);
            }
        }
        List<SqlStatement> likeliest = possible.isEmpty() ? List.of() : List.of(possible.getLast());
        return foreseen(path, step, likeliest, also, statementName, portalName, 0, intent);
    }

    private static Foreseen foreseen(
            Execution.Path path,
            Execution.Step step,
            List<SqlStatement> statements,
            Meant also,
            @Nullable String statementName,
            @Nullable String portalName,
            int functionOid,
            @Nullable UUID intent) {
        return new Foreseen(
                path,
                step,
                statements,
                List.copyOf(also.statements),
                also.anything,
                statementName,
                portalName,
                functionOid,
                intent,
                also.parsed(),
                also.bound(),
                RequestQueue.NO_TYPES);
    }

    /** Of the Bind that {@link #of} was told of just now; null where it is none. */
    @Nullable
    Foreseen ofBind(Request request) {
        Bound bound = request.kind == Request.Kind.BIND && !request.malformed ? portals.get(request.name) : null;
        if (bound == null) {
            return null;
        }
        Foreseen one = foreseen(
                Execution.Path.EXTENDED, Execution.Step.BIND, bound.meant, bound.statementName, request.name, null);
        return new Foreseen(
                one.path(),
                one.step(),
                one.statements(),
                one.also(),
                one.anything(),
                one.statementName(),
                one.portalName(),
                0,
                null,
                one.parsed(),
                one.bound(),
                types(bound));
    }

    private int[] types(Bound bound) {
        if (bound.prepared != null) {
            return bound.prepared.types;
        }
        PreparedStatement confirmed = names.statement(bound.statementName);
        return confirmed == null || statementsBefore.containsKey(bound.statementName)
                ? RequestQueue.NO_TYPES
                : confirmed.types;
    }

    /** What {@code parse} intends is on record as {@code intent}. */
    void onParseIntent(Request parse, UUID intent) {
        Prepared prepared = statements.get(parse.name);
        if (prepared != null) {
            prepared.intent = intent;
        }
    }

    /** What is thought of {@code request}, which came just now. */
    void onOpinion(Request request, Opinion opinion) {
        if (request.kind == Request.Kind.PARSE) {
            Prepared prepared = statements.get(request.name);
            if (prepared != null) {
                prepared.meant.onParsed(opinion);
            }
        } else if (request.kind == Request.Kind.BIND) {
            Bound bound = portals.get(request.name);
            if (bound != null) {
                bound.opinion = opinion;
            }
        }
    }

    /** Adds what an SQL-level EXECUTE or FETCH runs; heeds what gives names by SQL. */
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
            case OTHER -> {
                switch (statement.command()) {
                    case "DECLARE CURSOR" -> cursors.onDeclare(statement);
                    case "FETCH" -> addFetched(statement, also);
                    default -> {}
                }
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
                    COPY -> {}
        }
    }

    /** A cursor is one that DECLARE opened, a portal that was bound, or one that a function has opened. */
    private void addFetched(SqlStatement fetch, Meant also) {
        String name = fetch.cursorName();
        Meant declared = name == null ? null : cursors.get(name);
        if (declared != null) {
            also.add(declared);
        }
        Bound bound = name == null ? null : portals.get(name);
        if (bound != null) {
            also.add(bound.meant);
        } else if (name != null && declared == null) {
            also.add(boundBefore(name));
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
        if (confirmed != null) {
            meant.add(confirmed.statement, confirmed.opinion);
            meant.anything = confirmed.text.truncated;
        }
        meant.add(sent);
        return meant;
    }

    private Meant boundBefore(String portalName) {
        Portal confirmed = names.portal(portalName);
        Meant sent = portalsBefore.get(portalName);
        Meant declared = cursors.get(portalName);
        if (confirmed == null && sent == null && declared == null) {
            return Meant.anything();
        }
        Meant meant = new Meant();
        meant.add(declared);
        if (confirmed != null) {
            PreparedStatement statement = confirmed.statement;
            if (statement != null) {
                meant.add(statement.statement, statement.opinion);
            }
            meant.anything = declared == null && (statement == null || statement.doubtful || statement.text.truncated);
            meant.onBound(confirmed.opinion);
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
