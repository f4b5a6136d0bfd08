package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What requests will run, told when they come in: {@link Names} knows what the server has confirmed, and that is later.
 *
 * <p>A name means what the client gave it last, and where the server may still mean another one, both: a Parse that fails
 * leaves the old statement. Errs on the side of more. On the session's event loop.
 */
final class Foresight {
    /** A client that leaves more portals behind without a Close is told nothing of them: what they run is unknown. */
    private static final int NAMES_MAX = 4096;

    private final Names names;
    private final Scripts scripts;
    private final Map<String, Prepared> statements = new HashMap<>();
    private final Map<String, String> portals = new HashMap<>();

    /** A statement's text as the client sent it last. */
    private static final class Prepared {
        private final @Nullable SqlStatement statement;

        /** Of its Parse; null where it had none, or an Execute has stood on it. */
        private @Nullable UUID intent;

        Prepared(@Nullable SqlStatement statement) {
            this.statement = statement;
        }
    }

    Foresight(Names names, Scripts scripts) {
        this.names = names;
        this.scripts = scripts;
    }

    /** Of a request that came just now; null where it runs nothing. */
    @Nullable
    Foreseen of(Request request) {
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
                        null,
                        null,
                        request.functionOid,
                        null);
            case BIND -> {
                bound(portals, request.name, request.statementName);
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
                statements.values().forEach(prepared -> prepared.intent = null);
                yield null;
            }
            case DESCRIBE_STATEMENT, DESCRIBE_PORTAL, COPY_STREAM, COPY_END -> null;
        };
    }

    private Foreseen query(Request request) {
        List<SqlStatement> asked =
                scripts.of(request.text == null ? "" : request.text.text).statements();
        return new Foreseen(
                Execution.Path.SIMPLE, Execution.Step.EXECUTE, asked, resolved(asked, List.of()), null, null, 0, null);
    }

    private Foreseen parse(Request request) {
        SqlStatement statement = request.text == null ? null : scripts.single(request.text.text);
        bound(statements, request.name, new Prepared(statement));
        return new Foreseen(
                Execution.Path.EXTENDED,
                Execution.Step.PARSE,
                statement == null ? List.of() : List.of(statement),
                List.of(),
                request.name,
                null,
                0,
                null);
    }

    /** The intent of a Parse stands for the first Execute behind it. */
    private Foreseen execute(Request request) {
        String statementName = portals.get(request.name);
        Prepared sent = statementName == null ? null : statements.get(statementName);
        PreparedStatement confirmed = statementName == null ? null : names.statement(statementName);
        SqlStatement statement = sent == null ? null : sent.statement;
        SqlStatement other = confirmed == null ? null : confirmed.statement;
        UUID intent = null;
        if (sent != null) {
            intent = sent.intent;
            sent.intent = null;
        }
        boolean both = statement != null && other != null && statement != other;
        SqlStatement first = statement == null ? other : statement;
        List<SqlStatement> asked = first == null ? List.of() : List.of(first);
        return new Foreseen(
                Execution.Path.EXTENDED,
                Execution.Step.EXECUTE,
                asked,
                resolved(asked, both && other != null ? List.of(other) : List.of()),
                statementName,
                request.name,
                0,
                both ? null : intent);
    }

    /** What {@code parse} intends is on record as {@code intent}. */
    void onParseIntent(Request parse, UUID intent) {
        Prepared prepared = statements.get(parse.name);
        if (prepared != null) {
            prepared.intent = intent;
        }
    }

    /** {@code also}, and what SQL-level EXECUTEs among {@code asked} run. */
    private List<SqlStatement> resolved(List<SqlStatement> asked, List<SqlStatement> also) {
        List<SqlStatement> all = also;
        for (SqlStatement statement : asked) {
            SqlStatement resolved =
                    statement.kind() == StatementKind.EXECUTE ? names.resolve(statement.preparedName()) : null;
            if (resolved != null) {
                all = new ArrayList<>(all);
                all.add(resolved);
            }
        }
        return all;
    }

    private static <V> void bound(Map<String, V> map, String name, V value) {
        if (map.size() >= NAMES_MAX && !map.containsKey(name)) {
            map.clear();
        }
        map.put(name, value);
    }
}
