package io.pgweir.proxy.relay;

import io.netty.buffer.ByteBuf;

/** What becomes of a message's bytes. */
public sealed interface Disposition {
    /** As they came. */
    Disposition FORWARD = new Forward();

    /** Neither this message nor anything behind it passes: the session is ending. */
    Disposition STOP = new Stop();

    /** Not yet: {@link Relay#release} or {@link Relay#replace} says when and what. Nothing behind it passes before. */
    Disposition HOLD = new Hold();

    /** Nowhere: the peer never hears of it. */
    Disposition DROP = new Drop();

    record Forward() implements Disposition {}

    record Hold() implements Disposition {}

    record Drop() implements Disposition {}

    record Stop() implements Disposition {}

    /** {@code bytes} go in the message's place; whoever gets this owns them. */
    record Replace(ByteBuf bytes) implements Disposition {}
}
