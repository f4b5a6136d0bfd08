package io.pgweir.proxy.split;

import io.pgweir.routing.split.Need;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.routing.split.Reason;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.ErrorFields;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node answers with one ReadyForQuery: a Query, a FunctionCall, or all up to a Sync; the client's, or a question of
 * pgweir's own. On the session's event loop.
 */
final class Segment {
    /** What is kept of a segment to run it once more elsewhere: any one message that is seen whole, and some more. */
    private static final int KEPT_BYTES_MAX = 2 * NodeSession.LOOK_BYTES;

    private static final String SYNTAX_ERROR = "42601";

    /** No SQL, whatever the server's version; a statement's name as well. */
    static final String REFUSED = "pgweir_refused_this";

    /** Null of the client's. */
    final @Nullable Errand errand;

    final Route route;

    /** Of the client's Parse and Close messages, and those put before them, what becomes of their answers; in order. */
    final ArrayDeque<Mark> marks = new ArrayDeque<>(2);

    /** What succeeds with it, in order. */
    final List<Done> done = new ArrayList<>(1);

    /** What it names of what the client has prepared, other than by its own messages. */
    final List<Parsed> names = new ArrayList<>(0);

    private @Nullable List<Kept> kept;
    private int keptBytes;

    /** Of a question of pgweir's own. */
    long askedNanos;

    /** It ends with a Sync. */
    boolean extended;

    /** Its Sync is still to come. */
    boolean open;

    /** The client does not hear of its ReadyForQuery. */
    boolean silent;

    /** Another node answers in its place. */
    boolean elsewhere;

    boolean failed;

    /** Of its first error; empty where none was read. */
    String sqlState = "";

    /** What the client hears in place of the server's error about {@link #REFUSED}. */
    OwnSetting.@Nullable Fault fault;

    /** Answers that the client has got. */
    int passed;

    /** Rows, or what else cannot be taken back. */
    boolean beyondRecall;

    /** Answers that the client has got from another node. */
    int swallow;

    /** Statements that are done. */
    int completed;

    /** Of the last CommandComplete. */
    String tag = "";

    /**
     * @param hidden put there by pgweir
     * @param parsed of a Parse
     */
    record Mark(boolean hidden, @Nullable Parsed parsed) {}

    record Done(Need need, @Nullable SqlStatement statement) {}

    /**
     * One message of the client's.
     *
     * @param uses that it cannot be understood without
     */
    record Kept(
            byte[] message,
            @Nullable Parsed parses,
            @Nullable Parsed uses) {}

    Segment(@Nullable Errand errand, Route route, boolean keeps) {
        this.errand = errand;
        this.route = route;
        this.kept = keeps ? new ArrayList<>(4) : null;
    }

    /** Whether that is the error that {@link #fault} is told in place of. */
    boolean isRefusal(ErrorFields error) {
        return fault != null && error.message().contains(REFUSED);
    }

    /** What runs; null where that is not known. */
    @Nullable
    SqlStatement current() {
        return completed < done.size() ? done.get(completed).statement() : null;
    }

    boolean isClients() {
        return errand == null;
    }

    void keep(byte @Nullable [] message, @Nullable Parsed parses, @Nullable Parsed uses) {
        List<Kept> list = kept;
        if (list == null) {
            return;
        }
        keptBytes += message == null ? 0 : message.length;
        if (message == null || keptBytes > KEPT_BYTES_MAX) {
            kept = null;
        } else {
            list.add(new Kept(message, parses, uses));
        }
    }

    /** Whether no server reads it, so that nothing of what might have left something behind has run. */
    boolean isNoSql() {
        for (Done each : done) {
            SqlStatement statement = each.statement;
            boolean leaves = each.need.effect() == Need.Effect.STATE;
            if (leaves
                    && (statement == null
                            || !each.need.reason().equals(Reason.UNKNOWN_STATEMENT)
                            || statement.kind() != StatementKind.OTHER)) {
                return false;
            }
        }
        return sqlState.equals(SYNTAX_ERROR);
    }

    /** Whether nothing was said of what was asked, though something has to be. */
    boolean isUnanswered() {
        return !extended && !failed && passed == 0;
    }

    /** Whether data may be other data after it. */
    boolean mayWrite() {
        for (Done each : done) {
            if (each.need.mayWrite()) {
                return true;
            }
        }
        return false;
    }

    /** Whether it may be run once more on another leader, whatever became of it on this one. */
    boolean isRepeatable() {
        for (Done each : done) {
            if (!Loss.isRepeatable(each.need)) {
                return false;
            }
        }
        return !open && again() != null;
    }

    /** What to send to run it once more; null where that cannot be: the client has got rows, or an error. */
    @Nullable
    List<Kept> again() {
        return beyondRecall || failed ? null : kept;
    }
}
