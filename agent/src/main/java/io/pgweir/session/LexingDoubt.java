package io.pgweir.session;

import io.pgweir.sql.SqlScript;
import org.jspecify.annotations.Nullable;

/**
 * Whether the server may lex what comes now under other settings than it told last.
 *
 * <p>A SET changes them, so may any function, trigger or view; an error, a ROLLBACK or the end of a transaction takes a change back.
 * The server tells of it in front of the next ReadyForQuery, not with the answer. So everything that is not answered up to there
 * casts doubt on what follows, but for BEGIN, which drivers send in front of their first statement.
 *
 * <p>On the session's event loop.
 */
final class LexingDoubt {
    private final Scripts scripts;
    private boolean doubtful;

    /** Since the last Sync there was something of the extended protocol: a ReadyForQuery is still to come. */
    private boolean segmentOpen;

    LexingDoubt(Scripts scripts) {
        this.scripts = scripts;
    }

    /** Everything before the request that has just come is answered. */
    void settle() {
        doubtful &= segmentOpen;
    }

    /** Adds to {@code meant} what {@code text} may be as well. Costs nothing but a look where it is ASCII without backslashes. */
    void addReadings(@Nullable QueryText text, Meant meant) {
        if (text == null) {
            return;
        }
        meant.anything |= text.truncated;
        if (doubtful) {
            Readings readings = scripts.others(text.text);
            meant.anything |= readings.anything();
            for (SqlScript other : readings.others()) {
                other.statements().forEach(meant::add);
            }
        }
    }

    /**
     * Heeds what {@code request} may do to the reading of the next one.
     *
     * @param portal what the portal that it names stands for; null where that is not known
     */
    void on(Request request, @Nullable Meant portal) {
        switch (request.kind) {
            case SYNC -> segmentOpen = false;
            case COPY_STREAM, COPY_END -> {}
            case QUERY -> doubtful |= !isBegin(request.text);
            case FUNCTION_CALL -> doubtful = true;
            case PARSE -> {
                segmentOpen = true;
                doubtful |= !isBegin(request.text);
            }
            case BIND, EXECUTE, DESCRIBE_STATEMENT, DESCRIBE_PORTAL, CLOSE_STATEMENT, CLOSE_PORTAL -> {
                segmentOpen = true;
                doubtful |= !isBegin(portal);
            }
        }
    }

    private static boolean isBegin(@Nullable QueryText text) {
        return text != null && isBegin(text.text);
    }

    private static boolean isBegin(@Nullable Meant meant) {
        return meant != null
                && !meant.anything
                && meant.statements.size() == 1
                && isBegin(meant.statements.getFirst().text());
    }

    /** Can neither fail nor change a setting. */
    private static boolean isBegin(String text) {
        return text.equalsIgnoreCase("BEGIN");
    }
}
