package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageWriter;
import org.jspecify.annotations.Nullable;

/**
 * What a split session says to its client: its nodes' words, in front of each node's a note of who speaks, and pgweir's own.
 *
 * <p>Thread: the session's event loop.
 */
final class Voice {
    private final SplitSocket socket;
    private final ClientStatements statements;
    private @Nullable Route told;
    private @Nullable Route toTell;

    Voice(SplitSocket socket, ClientStatements statements) {
        this.socket = socket;
        this.statements = statements;
    }

    /** A node's words, owned from here on; none where a cut was asked for by {@link #takeNote}. */
    void say(ByteBuf bytes) {
        if (bytes.isReadable()) {
            socket.say(bytes);
        } else {
            bytes.release();
            Route now = toTell;
            toTell = null;
            if (now != null) {
                socket.note(now);
            }
        }
    }

    /** What is passed on next was answered there. */
    void onAnswer(Route route) {
        if (!route.equals(told)) {
            toTell = route;
        }
        told = route;
    }

    /** Not null where the relay is to make a cut for a note. */
    @Nullable
    ByteBuf takeNote() {
        return toTell == null ? null : socket.alloc().buffer(0, 0);
    }

    /** What is said from here on, pgweir says in the place of that node. */
    void note(Route route) {
        told = null;
        toTell = null;
        socket.note(route);
    }

    /** Another leader speaks, by the same name perhaps. */
    void onLeader() {
        told = null;
    }

    /** Of pgweir's own, in the place of a server's. */
    void say(ErrorFields error) {
        socket.say(MessageWriter.errorResponse(
                socket.alloc(),
                statements.charset(),
                error.severity(),
                error.sqlState(),
                error.message(),
                error.detail(),
                error.hint()));
    }

    void sayParameter(String name, String value) {
        socket.say(MessageWriter.parameterStatus(socket.alloc(), statements.charset(), name, value));
    }

    /** @param status of the client's transaction */
    void sayReady(byte status) {
        socket.say(MessageWriter.readyForQuery(socket.alloc(), status));
        socket.saidAll();
    }
}
