package io.pgweir.replay;

import org.jspecify.annotations.Nullable;

/** Tells what a session that failed does not do any more. Thread: the session's. */
final class NotDone {
    private final long session;
    private final Results results;
    private final Comparison comparison;
    private final SessionTurn turn;

    /** Why it could not log in, until it is known that it once could: who was not let in then either has not failed. */
    private @Nullable String refusedWhy;

    NotDone(long session, Results results, Comparison comparison, SessionTurn turn) {
        this.session = session;
        this.results = results;
        this.comparison = comparison;
        this.turn = turn;
    }

    /** @param loggingIn whether it was about to */
    void onFailed(String why, boolean loggingIn) {
        if (loggingIn) {
            refusedWhy = why;
        } else {
            results.onSessionFailed(session, why);
        }
    }

    /** Whether that was the last. */
    boolean tell(Step step) {
        switch (step) {
            case Step.Send _ -> {
                end();
                results.onNotSent();
            }
            case Step.Expect(var response) -> comparison.onCaptured(response);
            case Step.Gap(long messages) -> results.onGap(messages);
            case Step.Ran ran -> turn.onRan(ran);
            case Step.Cancel _, Step.Await _ -> {}
            case Step.End last -> {
                if (last.letIn()) {
                    end();
                }
                return true;
            }
        }
        return false;
    }

    /** It counts as failed. */
    void end() {
        if (refusedWhy != null) {
            results.onSessionFailed(session, refusedWhy);
            refusedWhy = null;
        }
    }
}
