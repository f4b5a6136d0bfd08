package io.pgweir.rules;

import java.time.Duration;

/** What was let through so far: {@code budget.rows} and {@code budget.bytes} of an expression. Called on the session's event loop. */
public interface Meter {
    /** Rows of all results of the asker, by {@code key}, within the last {@code window}. */
    long rows(Key key, Duration window, Question question);

    /** As {@link #rows}, in bytes of their DataRow and CopyData bodies. */
    long bytes(Key key, Duration window, Question question);
}
