package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import io.pgweir.session.CopyTotals.Direction;
import io.pgweir.sql.SqlStatement;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * COPY both ways: the stream that is running, and streams that a client sends ahead of the server's CopyInResponse.
 *
 * <pre>
 *            CopyInResponse                  CommandComplete
 *   none -------------------> IN active ----------------------> none   (Sync before CopyDone was swallowed)
 *    | CopyData ahead               | ErrorResponse
 *    v                              v
 *   COPY_STREAM in the queue      late: CopyData, CopyDone, CopyFail are ignored until the client asks something else
 * </pre>
 *
 * <p>Hazard 41: when a COPY IN fails, the server's read position decides whether a Sync sent within it was swallowed or ends
 * the skipping with a ReadyForQuery; the client's stream cannot tell. Such a Sync stays in the queue in doubt: a
 * ReadyForQuery takes it and passes its doubt on to the Sync behind it; any other answer drops it. Where the client has asked
 * anything else in between, nobody can tell whether it ran: executions are in doubt until nothing is outstanding.
 */
final class CopyStreams {
    /** How far back the statement is looked for whose COPY a stream may be; it is nearly always the last request. */
    private static final int LOOK_BACK = 64;

    private final RequestQueue queue;
    private final Names names;
    private final Scripts scripts;
    private final ServerSettings settings;
    private final boolean sha256;

    /** What the server has answered with a CopyXResponse. */
    private @Nullable CopyStream active;

    /** What the client's CopyData belongs to. */
    private @Nullable CopyStream open;

    private boolean late;

    CopyStreams(RequestQueue queue, Names names, Scripts scripts, ServerSettings settings, boolean sha256) {
        this.queue = queue;
        this.names = names;
        this.scripts = scripts;
        this.settings = settings;
        this.sha256 = sha256;
    }

    @Nullable
    Direction direction() {
        return active == null ? null : active.direction;
    }

    /** CopyData from the client. */
    void onFrontend(ByteBuf buffer, int at, int length, boolean first) {
        if (active != null && active.direction == Direction.BOTH) {
            active.addAnswer(buffer, at, length, first);
            return;
        }
        if (late) {
            return;
        }
        if (open == null) {
            open = ahead();
        }
        if (open != null) {
            open.add(buffer, at, length, first);
        }
    }

    /** A stream that no CopyInResponse has asked for yet, or null where none can: the server ignores it. */
    private @Nullable CopyStream ahead() {
        if (queue.outstanding() == 0) {
            return null;
        }
        CopyShape shape = expectedShape();
        Request mark = queue.add(Request.Kind.COPY_STREAM, 0);
        if (mark == null) {
            return null;
        }
        CopyStream stream = CopyStream.of(Direction.IN, shape, settings, sha256);
        mark.stream = stream;
        return stream;
    }

    /** CopyDone or CopyFail from the client. */
    void onEnd() {
        boolean both = active != null && active.direction == Direction.BOTH;
        if (!both && !late && queue.outstanding() > 0) {
            queue.add(Request.Kind.COPY_END, 0);
        }
        open = null;
    }

    /** Neither CopyData nor its end, nor a Sync: a client that is not copying any more. */
    void onOtherRequest() {
        late = false;
        open = null;
    }

    /** CopyData from the server. */
    void onBackend(ByteBuf buffer, int at, int length, boolean first) {
        if (active != null && active.direction != Direction.IN) {
            active.add(buffer, at, length, first);
        }
    }

    /** The server asks for data: what the client has sent ahead, or what it will send. The asking request is the head. */
    void beginIn(@Nullable SqlStatement statement, boolean binary) {
        int end = queue.find(Request.Kind.COPY_END, 1);
        int ahead = queue.find(Request.Kind.COPY_STREAM, 1);
        if (ahead >= 0 && (end < 0 || ahead < end)) {
            active = queue.at(ahead).stream;
            return;
        }
        CopyStream stream = CopyStream.of(Direction.IN, CopyShape.of(statement).binary(binary), settings, sha256);
        active = stream;
        if (end < 0) {
            open = stream;
        }
    }

    void beginOut(@Nullable SqlStatement statement, boolean binary) {
        CopyShape shape = CopyShape.of(statement).binary(binary);
        active = CopyShape.isTable(statement)
                ? CopyStream.of(Direction.OUT, shape, settings, sha256)
                : CopyStream.archive(shape, sha256);
    }

    void beginBoth(boolean binary) {
        active = CopyStream.both(CopyShape.TEXT.binary(binary));
    }

    /** CommandComplete: what stood within the stream was swallowed. The request that copied is still the head. */
    @Nullable
    CopyTotals complete() {
        if (active == null) {
            return null;
        }
        if (active.direction == Direction.IN) {
            int end = queue.find(Request.Kind.COPY_END, 1);
            if (end > 0) {
                queue.popBehindHead(end);
            } else {
                open = null;
            }
        }
        return end();
    }

    /** ErrorResponse: nobody knows what the server has read. The request that copied is still the head. */
    @Nullable
    CopyTotals fail() {
        if (active == null) {
            return null;
        }
        if (active.direction == Direction.IN) {
            int end = queue.find(Request.Kind.COPY_END, 1);
            int stop = end < 0 ? queue.size() : end;
            boolean skips = queue.at(0).kind == Request.Kind.EXECUTE;
            for (int i = 1; i < stop; i++) {
                Request request = queue.at(i);
                if (request.kind == Request.Kind.SYNC) {
                    request.doubt = skips ? Request.Doubt.OF_SKIPPING : Request.Doubt.OF_ANSWER;
                }
            }
            late = end < 0;
            open = null;
        }
        return end();
    }

    private CopyTotals end() {
        CopyTotals totals = Objects.requireNonNull(active).toTotals();
        active = null;
        return totals;
    }

    /** Nothing is outstanding: nothing can be copied. */
    void reset() {
        active = null;
        open = null;
    }

    /** What the statement says that will most likely ask for the stream the client is beginning to send. */
    private CopyShape expectedShape() {
        int streams = 0;
        int stop = Math.max(0, queue.size() - LOOK_BACK);
        for (int i = queue.size() - 1; i >= stop; i--) {
            Request request = queue.at(i);
            switch (request.kind) {
                case COPY_STREAM -> streams++;
                case QUERY -> {
                    return CopyShape.of(copyIn(request, streams));
                }
                case EXECUTE -> {
                    return CopyShape.of(executed(request.name, i, stop));
                }
                default -> {}
            }
        }
        return CopyShape.TEXT;
    }

    /** The COPY FROM of a Query that takes its stream number {@code index}, from 0. */
    private @Nullable SqlStatement copyIn(Request query, int index) {
        QueryText text = query.text;
        if (text == null) {
            return null;
        }
        List<SqlStatement> statements = scripts.of(text.text).statements();
        int seen = 0;
        for (SqlStatement statement : statements) {
            if (CopyShape.readsClient(statement) && seen++ == index) {
                return statement;
            }
        }
        return null;
    }

    private @Nullable SqlStatement executed(String portal, int before, int stop) {
        for (int i = before - 1; i >= stop; i--) {
            Request request = queue.at(i);
            if (request.kind == Request.Kind.BIND && request.name.equals(portal)) {
                return bound(request.statementName, i, stop);
            }
        }
        Portal known = names.portal(portal);
        return known == null || known.statement == null ? null : known.statement.statement;
    }

    private @Nullable SqlStatement bound(String statement, int before, int stop) {
        for (int i = before - 1; i >= stop; i--) {
            Request request = queue.at(i);
            if (request.kind == Request.Kind.PARSE && request.name.equals(statement) && request.text != null) {
                return scripts.single(request.text.text);
            }
        }
        return names.resolve(statement);
    }
}
