package io.pgweir.session;

import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Query at the head, once it is being answered: its statements, and which of them is or will be answered next. */
final class QueryCursor {
    private static final String SYNTAX_ERROR = "42601";

    private final Scripts scripts;
    private @Nullable SqlScript script;
    private int next;
    private long nextNanos;

    QueryCursor(Scripts scripts) {
        this.scripts = scripts;
    }

    /** @return whether {@code query} had not been entered yet */
    boolean enter(Request query) {
        if (script != null) {
            return false;
        }
        script = scripts.of(query.text == null ? "" : query.text.text);
        return true;
    }

    void leave() {
        script = null;
        next = 0;
    }

    /** The one that is answered next has been answered, or has failed. */
    void advance(long nanos) {
        next++;
        nextNanos = nanos;
    }

    /** Of the one that is answered next, from 0. */
    int index() {
        return next;
    }

    boolean hasAdvanced() {
        return next > 0;
    }

    boolean hasNext() {
        return next < statements().size();
    }

    /** When the next one began: the one before it ended, or the query came. */
    long startNanos(Request query) {
        return next == 0 ? query.startNanos : nextNanos;
    }

    /** Null beyond the last one. */
    @Nullable
    SqlStatement next() {
        List<SqlStatement> statements = statements();
        return next < statements.size() ? statements.get(next) : null;
    }

    /** The one that {@code error} belongs to: {@link #next}, but where the whole text did not parse the one that it points into. */
    @Nullable
    SqlStatement culprit(ErrorFields error) {
        List<SqlStatement> statements = statements();
        if (next == 0
                && statements.size() > 1
                && error.position() > 0
                && error.sqlState().equals(SYNTAX_ERROR)) {
            int index = index(script == null ? "" : script.text(), error.position());
            for (SqlStatement statement : statements) {
                if (index < statement.end()) {
                    return statement;
                }
            }
            return statements.getLast();
        }
        return next();
    }

    /** PostgreSQL counts characters from 1, Java chars from 0. */
    private static int index(String text, int position) {
        int characters = text.codePointCount(0, text.length());
        return text.offsetByCodePoints(0, Math.min(position - 1, characters));
    }

    private List<SqlStatement> statements() {
        return script == null ? List.of() : script.statements();
    }
}
