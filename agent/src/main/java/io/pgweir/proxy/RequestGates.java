package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.session.Foreseen;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * What a client's request passes on its way to the server: first the rules, then the trail.
 *
 * <pre>
 *   tracker.foresee() --> RuleGate --> AuditGate --> FORWARD, or other words in its place
 *                           |  |          |
 *                           |  |          '--- HOLD until its intent is on disk; refused where that takes too long
 *                           |  '-------------- HOLD until its turn; then the AuditGate
 *                           '----------------- refused, or the end of the session: it needs no intent
 * </pre>
 *
 * <p>With neither rules nor a trail that holds back, nothing is asked. Thread: the session's event loop.
 */
final class RequestGates {
    private final Meaning meaning;
    private final @Nullable RuleGate rules;
    private final AuditGate audit;

    /** What goes in the place of the message that is held; owned. */
    private @Nullable ByteBuf instead;

    /** The message that is held is one that the rules could not be asked of yet. */
    private boolean early;

    /** The server waits for an answer to its authentication request: any other message makes it fail. */
    private boolean awaitsAnswer;

    /** What the message runs that was heard of last; null where that is nothing. */
    private @Nullable Foreseen last;

    /** What the message runs that waits for its turn. */
    private @Nullable Foreseen waits;

    RequestGates(Meaning meaning, @Nullable RuleGate rules, AuditGate audit) {
        this.meaning = meaning;
        this.rules = rules;
        this.audit = audit;
    }

    /** The server has asked the client to authenticate, or the client has answered. */
    void onAuthentication(boolean awaited) {
        awaitsAnswer = awaited;
    }

    /**
     * Whether a message of this type comes before the rules know who asks, and may be run by the server all the same: all but what
     * authenticates, unless the server waits for that.
     */
    boolean isEarly(byte type) {
        early = rules != null
                && !rules.isOpen()
                && !awaitsAnswer
                && meaning.isOn()
                && type != MessageType.Frontend.AUTHENTICATION
                && type != MessageType.Frontend.TERMINATE;
        return early;
    }

    /** Whether what is held, if anything is, was held for that: the tracker has not heard of it. */
    boolean isHoldingEarly() {
        return early;
    }

    /**
     * The tracker has heard {@code message}.
     *
     * @param whole whether it is here from its first byte to its last
     */
    Disposition onRequest(byte type, FrontendMessage message, boolean whole) {
        if ((rules == null && !audit.isOn()) || !meaning.isOn()) {
            return Disposition.FORWARD;
        }
        Foreseen next = meaning.tracker().foresee();
        last = next;
        if (rules == null || !rules.isOpen()) {
            return audit.onRequest(next);
        }
        return switch (rules.onRequest(type, message, whole, next)) {
            case RuleGate.Way.Done(Disposition disposition) -> disposition;
            case RuleGate.Way.On(ByteBuf bytes, boolean late) -> {
                instead = bytes;
                if (late) {
                    waits = next;
                    yield Disposition.HOLD;
                }
                yield toTrail(next);
            }
        };
    }

    /** What the message runs that {@link #onRequest} was told of last; null where that is nothing. */
    @Nullable
    Foreseen foreseen() {
        return last;
    }

    /** What was held has waited for its turn. */
    Disposition onTurn() {
        Foreseen next = waits;
        waits = null;
        return toTrail(next);
    }

    private Disposition toTrail(@Nullable Foreseen next) {
        Disposition disposition = audit.onRequest(next);
        ByteBuf bytes = disposition instanceof Disposition.Hold ? null : takeInstead();
        return bytes == null ? disposition : new Disposition.Replace(bytes);
    }

    /** What goes in the place of the message that is let go now; null for itself. The caller owns it. */
    @Nullable
    ByteBuf takeInstead() {
        ByteBuf taken = instead;
        instead = null;
        return taken;
    }

    /** The message that is held goes nowhere, or the session is over. */
    void drop() {
        ByteBuf dropped = takeInstead();
        if (dropped != null) {
            dropped.release();
        }
    }

    /** Whether a request or an answer waits for the trail. */
    boolean isHeldByAudit() {
        return audit.isHolding();
    }

    void close() {
        drop();
        waits = null;
        if (rules != null) {
            rules.close();
        }
        audit.close();
    }
}
