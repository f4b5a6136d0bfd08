package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.Response;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not what it was.
 *
 * @param session number in the capture
 * @param request number in the session
 * @param label fingerprint of the statement; empty where nobody knows
 * @param captured null where there was none
 * @param replayed null where there was none
 */
public record Difference(
        Kind kind,
        long session,
        long request,
        String label,
        @Nullable Response captured,
        @Nullable Response replayed) {
    /** The gravest counts. */
    public enum Kind {
        /** Not answered again: the session was lost, or did not get so far. */
        MISSING,
        /** Answered where it was not before. */
        ADDED,
        SQLSTATE,
        TAG,
        ROWS,
        /** As many rows, others. */
        RESULT,
        /** The same rows in another order: not counted as a difference, for nobody may rely on it but with ORDER BY. */
        ORDER
    }

    /** Null where they are the same. */
    static @Nullable Kind kind(Response captured, Response replayed) {
        if (!captured.sqlState().equals(replayed.sqlState())) {
            return Kind.SQLSTATE;
        }
        if (captured.rows() != replayed.rows()) {
            return Kind.ROWS;
        }
        if (!captured.tag().equals(replayed.tag())) {
            return Kind.TAG;
        }
        if (captured.unordered() != replayed.unordered()) {
            return Kind.RESULT;
        }
        return captured.ordered() != replayed.ordered() ? Kind.ORDER : null;
    }
}
