package io.pgweir.proxy.judge;

import io.pgweir.rules.Action;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/** What becomes of one request, as its verdicts say. */
public sealed interface Ruling {
    /** Nobody has anything against it. */
    Ruling PASS = new Pass();

    record Pass() implements Ruling {}

    /** The server is made to fail in its place, and the client hears {@code error}. */
    record Refuse(ErrorFields error) implements Ruling {}

    /** The session ends. */
    record Close(Action.Close close) implements Ruling {}

    /**
     * It goes on, in its own words or in others.
     *
     * @param waitNanos from now, 0 for at once
     * @param text the query string that goes instead; null for its own
     * @param instead of each statement, what the server is asked in its place; null for itself
     */
    record Go(
            long waitNanos, @Nullable String text, @Nullable SqlStatement[] instead) implements Ruling {}
}
