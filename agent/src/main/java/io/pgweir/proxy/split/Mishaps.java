package io.pgweir.proxy.split;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session's nodes do that no server may, and what pgweir itself fails at. A reader's misdeed ends the reader, the leader's the
 * session, and so does one of pgweir's own.
 *
 * <p>Thread: the session's event loop.
 */
final class Mishaps {
    private static final Logger log = LoggerFactory.getLogger(Mishaps.class);

    private final SplitSession session;
    private final SplitSocket socket;
    private final EventLoop loop;
    private final Credentials credentials;
    private boolean broken;
    private @Nullable Throwable ofLeader;

    Mishaps(SplitSession session, SplitSocket socket, EventLoop loop, Credentials credentials) {
        this.session = session;
        this.socket = socket;
        this.loop = loop;
        this.credentials = credentials;
    }

    /** Whether nobody knows where to go on: nothing that comes in counts any more. */
    boolean isBroken() {
        return broken;
    }

    /** Of the leader's socket; null where there was none. */
    @Nullable
    Throwable ofLeader() {
        return ofLeader;
    }

    /** Another leader goes on. */
    void onLeader() {
        ofLeader = null;
    }

    /** What is no failure of a socket is one of ours. */
    void onFailure(NodeSession node, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            onFault(cause);
            return;
        }
        log.atDebug()
                .addKeyValue("node", node.connection.node().name())
                .setCause(cause)
                .log("Node failed");
        if (session.hears(node)) {
            ofLeader = cause;
        }
    }

    /** It has not answered for too long. */
    void onSilence(NodeSession node, long millis) {
        log.atWarn()
                .addKeyValue("node", node.connection.node().name())
                .addKeyValue("millis", millis)
                .log("Node does not answer");
        node.abort();
    }

    /** Behind what its relay is about to pass on: nothing that it says counts any more. */
    void onViolation(NodeSession node, byte type, int length) {
        log.atWarn()
                .addKeyValue("node", node.connection.node().name())
                .addKeyValue("type", type)
                .addKeyValue("length", length)
                .log("Node broke the protocol");
        loop.execute(() -> {
            if (session.hears(node) && !session.isOver()) {
                socket.note(new Violation(type, length));
            }
            node.abort();
        });
    }

    /** For whoever would only log what it throws. */
    Runnable walled(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException fault) {
                onFault(fault);
            }
        };
    }

    /** The leader lets nobody in with what pgweir has: the session ends. */
    void onUnproved(String reason) {
        if (!broken) {
            broken = true;
            loop.execute(() -> socket.note(new Unproved(reason)));
        }
    }

    /** Of pgweir's own: the session ends. */
    void onFault(Throwable cause) {
        if (!broken) {
            broken = true;
            log.atError()
                    .addKeyValue("user", credentials.user())
                    .setCause(cause)
                    .log("Split session failed");
            loop.execute(() -> socket.note(new Fault(cause)));
        }
    }
}
