package io.pgweir.proxy.judge;

import io.pgweir.rules.Verdict;

/**
 * What the rules say of one request.
 *
 * @param own of each statement, at least one
 * @param also of what it may run as well
 * @param fresh all that was said now
 * @param verdicts what each statement's execution bears: its own, {@code also}, and what was said before
 * @param all that is said of the request, now and before
 */
public record Judged(Verdict[] own, Verdict also, Verdict fresh, Verdict[] verdicts, Verdict all) {
    private static final Verdict[] NONE = {Verdict.NONE};

    static final Judged NOTHING = new Judged(NONE, Verdict.NONE, Verdict.NONE, NONE, Verdict.NONE);
}
