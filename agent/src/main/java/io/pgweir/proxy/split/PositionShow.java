package io.pgweir.proxy.split;

import io.pgweir.routing.split.OwnSetting;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.SqlState;

/**
 * Readies the leader for {@code SHOW pgweir.lsn}: it is told the session's position as a setting ahead of the client's own SHOW, so
 * that the answer is a server's, and the same by every protocol.
 *
 * <p>Thread: the session's event loop.
 */
final class PositionShow {
    private static final OwnSetting.Fault BEHIND = new OwnSetting.Fault(
            SqlState.FEATURE_NOT_SUPPORTED,
            "pgweir.lsn cannot be shown behind other statements of a query string or batch",
            null,
            "What they write is not committed yet.");

    private static final OwnSetting.Fault UNKNOWN =
            new OwnSetting.Fault("55000", "pgweir.lsn is not known: the leader does not tell its position", null, null);

    private final SplitSession session;
    private final Leader leading;

    /** The leader has been asked how far it is, for the SHOW that waits. */
    private boolean asked;

    private boolean telling;
    private boolean told;

    /** What is to be known before a SHOW may go. */
    sealed interface Step {
        /** It may. */
        record Go() implements Step {}

        /** Not yet: to be asked again. */
        record Wait() implements Step {}

        /** Never, where it stands. */
        record Refuse(OwnSetting.Fault fault) implements Step {}
    }

    private static final Step GO = new Step.Go();
    private static final Step WAIT = new Step.Wait();

    PositionShow(SplitSession session, Leader leading) {
        this.session = session;
        this.leading = leading;
    }

    /** Whether the leader knows what a SHOW is to answer. */
    boolean isTold() {
        return told;
    }

    /** Something else is asked, the batch is over, or the leader is another one. */
    void onOther() {
        told = false;
        asked = false;
    }

    /** @param alone whether nothing else is in its query string */
    Step step(boolean alone) {
        if (told || session.isFailed()) {
            return GO;
        }
        if (!alone) {
            return new Step.Refuse(BEHIND);
        }
        Harvest harvest = session.harvest();
        NodeSession leader = leading.node();
        if (telling || harvest.isAsking()) {
            return WAIT;
        }
        if (leader.isOpen()) {
            return cut(leader);
        }
        if (!leader.isQuiet()) {
            return WAIT;
        }
        if (!asked && !harvest.isKnown()) {
            harvest.askWithin(leader, session.status() != 'I', () -> asked = true);
            return WAIT;
        }
        asked = false;
        if (harvest.isLost()) {
            return new Step.Refuse(UNKNOWN);
        }
        tell(leader, harvest.position());
        return WAIT;
    }

    /** Within a transaction block a Sync does nothing; elsewhere it would commit what is before it. */
    private Step cut(NodeSession leader) {
        Boolean block = leader.unanswered().isOpenInBlock(session.status());
        if (block == null) {
            return WAIT;
        }
        if (!block) {
            return new Step.Refuse(BEHIND);
        }
        leader.cut();
        return WAIT;
    }

    private void tell(NodeSession leader, long position) {
        telling = true;
        String sql = "SET pgweir.lsn = '" + Freshness.text(position) + '\'';
        leader.run(MessageWriter.query(leader.channel().alloc(), sql), fault -> {
            telling = false;
            told = !leader.isEnded();
            session.later();
        });
    }
}
