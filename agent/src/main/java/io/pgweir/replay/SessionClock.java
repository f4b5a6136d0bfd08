package io.pgweir.replay;

/** When one session's messages are due, where their times are kept. Thread: the session's event loop. */
final class SessionClock {
    private final Pace pace;
    private final Results results;

    /** Of the message that is next: how much later than captured it is due. */
    private long behindNext;

    /** Of the last message: the same, and how much later than that it was sent. */
    private long behind;

    private long late;

    SessionClock(Pace pace, Results results) {
        this.pace = pace;
        this.results = results;
    }

    /**
     * {@link System#nanoTime} when the next message is due: the client thinks as long as it did, from the answer on that the target would
     * have given by then, had it been asked in time.
     *
     * @param answered when the server was ready last; 0 for never
     */
    long due(Step.Send next, long answered) {
        long captured = pace.due(next.nanos());
        if (next.thinkNanos() < 0) {
            behindNext = behind;
        } else {
            behindNext = answered == 0 ? 0 : Math.max(0, answered - late + pace.scaled(next.thinkNanos()) - captured);
        }
        return captured + behindNext;
    }

    /** The message that was due then has been sent. */
    void onSent(long due, long now) {
        if (!pace.isTimed()) {
            results.onSent();
            return;
        }
        behind = behindNext;
        late = now - due;
        results.onSent(late, behind);
    }
}
