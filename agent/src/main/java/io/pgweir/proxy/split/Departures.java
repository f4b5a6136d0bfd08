package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.net.Sockets;
import io.pgweir.wire.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ends of a split session: of its reader, which the leader stands in for; of its last leader, which is the end; of its client,
 * who is answered first.
 *
 * <p>Thread: the session's event loop.
 */
final class Departures {
    private final SplitSession session;
    private final SplitSocket socket;
    private final Leader leading;
    private final Reader reading;
    private final ReadBlock block;
    private final Requests requests;
    private final Retries retries;
    private final Mishaps mishaps;
    private final Voice voice;
    private boolean clientEnded;

    /** It has said so, by Terminate. */
    private boolean terminated;

    private boolean leaderTold;

    Departures(
            SplitSession session,
            SplitSocket socket,
            Leader leading,
            Reader reading,
            ReadBlock block,
            Requests requests,
            Retries retries,
            Mishaps mishaps,
            Voice voice) {
        this.session = session;
        this.socket = socket;
        this.leading = leading;
        this.reading = reading;
        this.block = block;
        this.requests = requests;
        this.retries = retries;
        this.mishaps = mishaps;
        this.voice = voice;
    }

    /** Whether the client asks no more. */
    boolean isClientEnded() {
        return clientEnded;
    }

    /** The client wants nothing more; what it has asked before is answered first. */
    void onTerminate() {
        clientEnded = true;
        terminated = true;
        session.later();
    }

    void onOutputShut() {
        clientEnded = true;
        endIfQuiet();
    }

    /** @param unanswered what of the client's it leaves */
    void onReaderEnded(NodeSession node, List<Segment> unanswered) {
        reading.onEnded(node);
        byte status = (byte) (block.isIn() ? 'E' : 'I');
        block.onEnded(node);
        retries.onEnded(node);
        unanswered.removeIf(segment -> segment.elsewhere);
        requests.leave(node);
        for (Segment segment : unanswered) {
            List<Segment.Kept> again = segment.again();
            if (leading.isOver() || (again == null && !node.endedBetweenMessages())) {
                socket.sayEnd();
                return;
            } else if (again != null) {
                retries.runOnLeader(segment, again);
            } else {
                leading.oweWords(segment, status);
            }
        }
        session.settle();
        if (leading.isOwing()) {
            session.later();
        }
    }

    /** What a reader has left ends here, in its turn, and the session goes on. */
    void tellLoss(Segment segment) {
        if (!segment.failed) {
            voice.note(segment.route);
            voice.say(Leader.error(
                    SqlState.SERIALIZATION_FAILURE,
                    "canceling statement because node \"" + segment.route.node() + "\" went away",
                    segment.passed > 0 || segment.beyondRecall
                            ? "Part of its result had been sent."
                            : "Nothing of its result had been sent.",
                    "Run it again."));
        }
        if (segment.open || segment.silent) {
            requests.skip();
        } else {
            session.sayReady();
        }
        socket.saidAll();
    }

    void endIfQuiet() {
        NodeSession reader = reading.node();
        if (leading.isOver() && (reader == null || !reader.isAnsweringClient())) {
            ByteBuf words = leading.takeFarewell();
            if (words != null) {
                socket.say(words);
                socket.saidAll();
            }
            Throwable failure = mishaps.ofLeader();
            if (failure != null) {
                socket.fail(failure);
            }
            socket.sayEnd();
        } else if (clientEnded && !leaderTold) {
            endOfClient(reader);
        }
    }

    /** The leader hears of it last: what the reader does not answer, that does. */
    private void endOfClient(@Nullable NodeSession reader) {
        if (reader != null) {
            // What is open is not to be kept back for a Sync that never comes.
            reader.cut();
            if (!reader.isQuiet()) {
                return;
            }
        }
        reading.leave();
        leaderTold = true;
        requests.onEnd();
        if (!leading.isThere()) {
            socket.sayEnd();
            return;
        }
        if (terminated) {
            leading.node().sayTerminate();
        }
        Sockets.onFlushed(leading.node().channel(), Sockets::shutdownOutput);
    }
}
