package io.pgweir.proxy.relay;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The meaning lane of one direction: is shown what flows by, and says what may.
 *
 * <p>Borrows every buffer for the call, by absolute index; moves no index, keeps nothing. Throws nothing: what goes wrong
 * in here must never break the byte lane. Called on the session's event loop.
 */
public interface Lane {
    /** Header and body leave at once; the body is shown in chunks as it comes. */
    int STREAM = -1;

    /** What follows are no messages: all of it passes, this header included, and nothing more is shown. */
    int RAW = -2;

    /** This header passes, so that the receiver judges it as it would have; nothing behind it does. */
    int LAST_HEADER = -3;

    /** Header and body go nowhere; the body is shown in chunks as it comes. */
    int DISCARD = -4;

    /**
     * Nothing is said of this message yet: it stays, with all behind it, until {@link Relay#release}, and is shown then as if it
     * came just now.
     */
    int WAIT = -5;

    /**
     * How much of a message is to be seen at once: {@code length - 4}, the whole body; less, its head, and the rest in
     * chunks; or one of the constants. Asked again when more bytes of the same message have come, so it must not count.
     *
     * @param length the length word as it came, which counts itself; any 32 bits
     */
    int look(byte type, int length);

    /** What {@link #look} said {@link #RAW} or {@link #LAST_HEADER} of is done; nothing more is shown. Once. */
    void onLast(byte type, int length);

    /** What {@link #look} said {@link #WAIT} of is kept, and all before it is on its way. */
    default void onWait() {}

    /**
     * What the lane itself has to say before the message that it was shown last, or in its place where that is dropped; null
     * for nothing. Asked once a message; whoever gets it owns it.
     */
    default @Nullable ByteBuf takeOwn() {
        return null;
    }

    /** A message is whole. */
    Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength);

    /**
     * The first {@code headLength} bytes of a body that is longer; all of it follows in chunks, these bytes included.
     */
    Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength);

    /** A message that streams begins; its body follows in chunks, a single empty one where it has none. */
    void onStream(byte type, int bodyLength);

    /** The next {@code length} bytes of the body that {@link #onHead} or {@link #onStream} announced. */
    void onChunk(ByteBuf buffer, int at, int length, boolean last);
}
