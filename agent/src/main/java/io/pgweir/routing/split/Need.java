package io.pgweir.routing.split;

/**
 * What one statement asks of the node that runs it. Immutable.
 *
 * @param effect if it succeeds; what fails leaves nothing
 * @param reason one of {@link Reason}: a word for records and metrics
 */
public record Need(Where where, Effect effect, String reason) {
    /** Which node may run it. */
    public enum Where {
        LEADER,
        ANY
    }

    /** What a statement leaves in the session, in the order in which the graver one counts. */
    public enum Effect {
        NONE,
        /** Its text, run on another server, does there what it did here. */
        SETTING,
        /** All that was set before is gone: DISCARD ALL. */
        RESET,
        /** Something that one server has and no other can be given. */
        STATE
    }

    /** Harmless anywhere. */
    public static final Need READ = new Need(Where.ANY, Effect.NONE, Reason.READ);

    /** It was taken for harmless, and a standby has refused it. */
    public static final Need MISROUTED = leader(Reason.MISROUTED);

    static Need leader(String reason) {
        return new Need(Where.LEADER, Effect.NONE, reason);
    }

    static Need leader(String reason, Effect effect) {
        return new Need(Where.LEADER, effect, reason);
    }

    /** Whether data may be other data after it; false of one that only looks, sets something, or begins or ends a transaction. */
    public boolean mayWrite() {
        return Reason.mayWrite(reason);
    }

    /**
     * Of a query string with both in it: the leader if one of them needs it, the graver effect, and the first reason that may write, or
     * is the leader's at least. To be run again elsewhere, and to be overridden by a {@link Hint}, is for single statements only.
     */
    public Need and(Need next) {
        Effect graver = effect.compareTo(next.effect) >= 0 ? effect : next.effect;
        boolean isFirst = where == Where.LEADER && (next.where == Where.ANY || mayWrite() || !next.mayWrite());
        Need told = isFirst ? this : next;
        return told.effect == graver ? told : new Need(told.where, graver, told.reason);
    }
}
