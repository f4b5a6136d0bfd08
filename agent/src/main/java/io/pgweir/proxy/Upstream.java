package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.ErrorFields;

/** What rules for results ask of a session's server. On the session's event loop. */
interface Upstream {
    /** Behind all that was written so far, which has to end where a message ends; owned from here on. */
    void send(ByteBuf bytes);

    /** Whether what was written so far ends where a message ends. */
    boolean isBetweenMessages();

    /** The session ends with this error, as FATAL. */
    void end(ErrorFields error);

    /**
     * Cancels what the server runs, over a connection of its own.
     *
     * @param done when the server has taken notice, or will not
     * @return false where nobody knows how to: {@code done} is never told
     */
    boolean cancel(Runnable done);

    /** What holds the client's next request back may be over. */
    void onRequestsFree();
}
