package io.pgweir.proxy.split;

import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.wire.MessageWriter;

/**
 * Where the WAL has to be replayed to for a session to see what it has written: asked of the leader behind each transaction that may
 * have written, unknown to the client, and waited for by reads only.
 *
 * <p>Thread: the session's event loop.
 */
final class Harvest {
    private static final String POSITION = "SELECT pg_catalog.pg_current_wal_insert_lsn()";

    private final SplitSession session;
    private final Consistency consistency;
    private final SessionSettings settings;

    /** Of the leader's timeline: a position of another says nothing. */
    private Freshness.Era era;

    private long written;
    private boolean wrote;
    private boolean asking;

    /** Something was written of which nobody wanted to know where. */
    private boolean unasked;

    /** A leader would not tell. */
    private boolean lost;

    Harvest(SplitSession session, Consistency consistency, SessionSettings settings, Freshness.Era era) {
        this.session = session;
        this.consistency = consistency;
        this.settings = settings;
        this.era = era;
    }

    Freshness.Era era() {
        return era;
    }

    /** What the leader is asked may write. */
    void onWrite() {
        wrote = true;
    }

    /** Whether the transaction that is under way, or the last one, may have written. */
    boolean hasWritten() {
        return wrote;
    }

    /** Whether something may have been committed of which nobody knows yet where. */
    boolean isOutstanding() {
        return (asking || wrote) && consistency != Consistency.EVENTUAL;
    }

    /** Where the WAL has to be replayed to for a read. */
    long needed() {
        return consistency == Consistency.EVENTUAL ? settings.positionMin() : position();
    }

    /** Whether what runs there sees all that it has to. */
    boolean isFresh(NodeSession node) {
        String name = node.connection.node().name();
        return Long.compareUnsigned(era.replayed(name), needed()) >= 0;
    }

    /** Where it has to be replayed to elsewhere, for what this session may rely on to be seen. */
    long position() {
        long known = consistency == Consistency.GLOBAL ? Freshness.later(era.committed(), written) : written;
        return Freshness.later(known, settings.positionMin());
    }

    /** Whether {@link #position} holds for all that this session has committed. */
    boolean isKnown() {
        return !wrote && !unasked;
    }

    boolean isAsking() {
        return asking;
    }

    /** Whether a leader would not tell where it is. */
    boolean isLost() {
        return lost;
    }

    /** Nothing of the client's is open there: where something was written, asks. */
    void ask(NodeSession leader) {
        if (consistency == Consistency.EVENTUAL) {
            forget();
        }
        if (!wrote || asking || leader.isAnsweringClient() || leader.isEnded()) {
            return;
        }
        wrote = false;
        askFor(leader, () -> {});
    }

    /**
     * Asks whatever the consistency is; what a transaction that is under way has written is to be asked of again when it is over.
     *
     * @param then where it was told
     */
    void askWithin(NodeSession leader, boolean inBlock, Runnable then) {
        wrote &= inBlock;
        askFor(leader, then);
    }

    private void askFor(NodeSession leader, Runnable then) {
        boolean before = unasked;
        unasked = false;
        asking = true;
        leader.run(MessageWriter.query(leader.channel().alloc(), POSITION), new PositionErrand() {
            @Override
            public void onEnd(String fault) {
                asking = false;
                super.onEnd(fault);
                then.run();
                session.later();
            }

            @Override
            public void onGone(String fault) {
                asking = false;
                wrote = true;
                unasked |= before;
                session.later();
            }

            @Override
            void onPosition(long position) {
                lost = position == 0;
                if (lost) {
                    session.ties().pin(Ties.POSITION_UNKNOWN);
                } else {
                    written = position;
                    era.onCommitted(position);
                }
            }
        });
    }

    /** Everything goes to the leader: nobody wants to know, for now. */
    void forget() {
        unasked |= wrote;
        wrote = false;
    }

    /** Not everything goes there any more. */
    void recall() {
        wrote |= unasked;
        unasked = false;
    }

    /** Another leader has begun where that is, with all that was committed before. */
    void onLeader(Freshness.Era next, long position) {
        era = next;
        wrote = false;
        unasked = false;
        lost = false;
        written = position;
        next.onCommitted(position);
    }
}
