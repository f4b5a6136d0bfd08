package io.pgweir.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.pgweir.net.Sockets;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One direction of one session: bytes in, the same bytes out.
 *
 * <pre>
 *   0 ........... sent ........... judged ........... writerIndex
 *   handed to     may go,          received,
 *   the peer      not yet handed   not yet judged
 * </pre>
 *
 * <p>Where all of a read may go, the buffer itself goes: no copy, no slice, one write. Only the tail of a read is ever kept:
 * a header cut short, or the beginning of a message that the lane wants to see whole; it is completed by the next reads, and
 * leaves with a write of its own. Memory grows with bytes that came, never with a length that was claimed.
 *
 * <p>Thread: the session's event loop, always. Owns every buffer given to {@link #onBytes} and releases or hands on each
 * exactly once. Writes, never flushes: that is for the end of a read loop.
 */
public final class Relay {
    private static final int HEADER_BYTES = 5;
    private static final int LENGTH_AT = 1;
    private static final int LENGTH_BYTES = 4;

    private Lane lane;
    private final ByteBufAllocator allocator;
    private Consumer<ByteBuf> peer;

    private Mode mode = Mode.MESSAGES;

    /** The beginning of one message, header first; null where the last read ended with a message's end. */
    private @Nullable ByteBuf held;

    /** Bytes still to come of the body that is being streamed. */
    private int streaming;

    private long bytes;

    /** A write can make the peer writable, which can make this side read: the outermost call drains. */
    private boolean busy;

    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(0);

    /** Begins with the message that the lane holds; null where it holds none. */
    private @Nullable ByteBuf parked;

    /** Where that message, or what was seen of it, ends. */
    private int parkedTo;

    /** Bytes of its body that follow. */
    private int parkedRest;

    /** What streams is a body whose message was replaced: it goes nowhere. */
    private boolean swallowing;

    /** Nothing passes behind the end of the message that is under way. */
    private boolean lastMessage;

    private enum Mode {
        MESSAGES,
        /** No messages any more: all passes. */
        RAW,
        /** Nothing passes any more. */
        STOPPED
    }

    public Relay(Lane lane, Channel peer) {
        this(lane, peer.alloc(), bytes -> Sockets.write(peer, bytes));
    }

    /** @param peer owns what it is given */
    public Relay(Lane lane, ByteBufAllocator allocator, Consumer<ByteBuf> peer) {
        this.lane = lane;
        this.allocator = allocator;
        this.peer = peer;
    }

    /** Who looks at what comes from here on, in the place of who does now; not in the midst of a call. */
    public void shownTo(UnaryOperator<Lane> next) {
        lane = next.apply(lane);
    }

    /** What goes from here on goes to {@code next}; to be called while a message is held, or between messages. */
    public void toward(Consumer<ByteBuf> next) {
        peer = next;
    }

    /** Takes what was read. */
    public void onBytes(ByteBuf in) {
        bytes += in.readableBytes();
        if (busy || parked != null) {
            waiting.add(in);
            return;
        }
        busy = true;
        try {
            take(in);
        } finally {
            busy = false;
        }
        drain();
    }

    /** What came in the meantime. */
    private void drain() {
        while (parked == null && !waiting.isEmpty()) {
            busy = true;
            try {
                take(waiting.poll());
            } finally {
                busy = false;
            }
        }
    }

    /** Whether a message is held, and all behind it. */
    public boolean isParked() {
        return parked != null;
    }

    /** Type of the message that is held. */
    public byte parkedType() {
        ByteBuf in = Objects.requireNonNull(parked, "nothing is held");
        return in.getByte(in.readerIndex());
    }

    /** The message that is held may go, and the walk goes on behind it. */
    public void release() {
        ByteBuf in = unpark();
        streaming = parkedRest;
        resume(in, in.readerIndex());
    }

    /** The message that is held is shown to the lane again, as if it came now. */
    public void again() {
        ByteBuf in = unpark();
        busy = true;
        try {
            walk(in, in.readerIndex(), in.readerIndex());
        } finally {
            busy = false;
        }
        drain();
    }

    /** {@code bytes}, owned from here on, go in the place of the message that is held. */
    public void replace(ByteBuf replacement) {
        ByteBuf in = unpark();
        write(replacement);
        streaming = parkedRest;
        swallowing = streaming > 0;
        resume(in, parkedTo);
    }

    private ByteBuf unpark() {
        ByteBuf in = Objects.requireNonNull(parked, "nothing is held");
        parked = null;
        return in;
    }

    private void resume(ByteBuf in, int sent) {
        busy = true;
        try {
            walk(in, sent, parkedTo);
        } finally {
            busy = false;
        }
        drain();
    }

    /** No more bytes will come, and no message is held: what was kept of one leaves as it is. */
    public void onEnd() {
        ByteBuf rest = held;
        held = null;
        if (rest != null) {
            write(rest);
        }
    }

    /** From here on, nothing passes. */
    public void stop() {
        mode = Mode.STOPPED;
        ByteBuf rest = held;
        held = null;
        if (rest != null) {
            rest.release();
        }
        ByteBuf kept = parked;
        parked = null;
        if (kept != null) {
            kept.release();
        }
        for (ByteBuf next = waiting.poll(); next != null; next = waiting.poll()) {
            next.release();
        }
    }

    /** From the end of the message that is under way on, nothing passes. */
    public void stopBetweenMessages() {
        lastMessage = true;
        if (!busy && isBetweenMessages()) {
            stop();
        }
    }

    /** Whether what was handed on so far ends where a message ends. */
    public boolean isBetweenMessages() {
        return mode == Mode.MESSAGES && (streaming == 0 || swallowing);
    }

    /** The same, of a relay that may have been stopped. */
    public boolean endedBetweenMessages() {
        return mode != Mode.RAW && (streaming == 0 || swallowing);
    }

    /** Memory that waits for the rest of a message. */
    public int heldBytes() {
        return held == null ? 0 : held.capacity();
    }

    /** Of everything that came in. */
    public long bytes() {
        return bytes;
    }

    private void take(ByteBuf in) {
        ByteBuf frame = held;
        if (frame != null) {
            complete(frame, in);
            if (frame.readableBytes() < wanted(frame)) {
                in.release();
                return;
            }
            held = null;
            walk(frame, frame.readerIndex(), frame.readerIndex());
        }
        if (!in.isReadable()) {
            in.release();
        } else if (parked != null) {
            waiting.addFirst(in);
        } else {
            walk(in, in.readerIndex(), in.readerIndex());
        }
    }

    /** Moves as much of {@code in} as completes the held frame, and no more. */
    private void complete(ByteBuf frame, ByteBuf in) {
        for (int wanted = wanted(frame); frame.readableBytes() < wanted && in.isReadable(); wanted = wanted(frame)) {
            int length = Math.min(wanted - frame.readableBytes(), in.readableBytes());
            frame.writeBytes(in, length);
        }
    }

    /** Bytes that must be there before something can be said of the message: its header, then what the lane looks at. */
    private int wanted(ByteBuf frame) {
        if (frame.readableBytes() < HEADER_BYTES) {
            return HEADER_BYTES;
        }
        return HEADER_BYTES
                + Math.max(
                        0,
                        lane.look(frame.getByte(frame.readerIndex()), frame.getInt(frame.readerIndex() + LENGTH_AT)));
    }

    /** Walks the messages in place and hands on what may go. One piece: the marks live here. */
    private void walk(ByteBuf in, int sentBefore, int judgedBefore) {
        int sent = sentBefore;
        int judged = judgedBefore;
        int end = in.writerIndex();
        while (judged < end && mode == Mode.MESSAGES) {
            if (streaming > 0) {
                judged += chunk(in, judged, end);
                if (swallowing) {
                    sent = judged;
                    swallowing = streaming > 0;
                }
                continue;
            }
            if (lastMessage) {
                stop();
                continue;
            }
            if (end - judged < HEADER_BYTES) {
                break;
            }
            byte type = in.getByte(judged);
            int length = in.getInt(judged + LENGTH_AT);
            int look = lane.look(type, length);
            if (look == Lane.WAIT) {
                park(in, own(in, sent, judged), judged, judged, 0);
                lane.onWait();
                return;
            }
            if (look == Lane.DISCARD) {
                handOnRun(in, sent, judged);
                judged = begin(look, type, length, in, judged);
                sent = judged;
                swallowing = streaming > 0;
                continue;
            }
            if (look < 0) {
                sent = own(in, sent, judged);
                judged = begin(look, type, length, in, judged);
                continue;
            }
            if (end - judged - HEADER_BYTES < look) {
                break;
            }
            int bodyAt = judged + HEADER_BYTES;
            int bodyLength = length - LENGTH_BYTES;
            if (look < bodyLength) {
                switch (lane.onHead(type, in, bodyAt, look, bodyLength)) {
                    case Disposition.Forward() -> {
                        sent = own(in, sent, judged);
                        streaming = bodyLength;
                        judged = bodyAt;
                    }
                    case Disposition.Hold() -> {
                        park(in, own(in, sent, judged), judged, bodyAt, bodyLength);
                        return;
                    }
                    case Disposition.Stop() -> stop();
                    case Disposition.Drop() -> {
                        handOnRun(in, sent, judged);
                        streaming = bodyLength;
                        swallowing = true;
                        judged = bodyAt;
                        sent = judged;
                    }
                    case Disposition.Replace(ByteBuf replacement) -> {
                        handOnRun(in, own(in, sent, judged), judged);
                        write(replacement);
                        streaming = bodyLength;
                        swallowing = true;
                        judged = bodyAt;
                        sent = judged;
                    }
                }
                continue;
            }
            switch (lane.onMessage(type, in, bodyAt, bodyLength)) {
                case Disposition.Forward() -> {
                    sent = own(in, sent, judged);
                    judged = bodyAt + bodyLength;
                }
                case Disposition.Hold() -> {
                    park(in, own(in, sent, judged), judged, bodyAt + bodyLength, 0);
                    return;
                }
                case Disposition.Stop() -> stop();
                case Disposition.Drop() -> {
                    handOnRun(in, sent, judged);
                    judged = bodyAt + bodyLength;
                    sent = judged;
                }
                case Disposition.Replace(ByteBuf replacement) -> {
                    handOnRun(in, own(in, sent, judged), judged);
                    write(replacement);
                    judged = bodyAt + bodyLength;
                    sent = judged;
                }
            }
        }
        if (mode == Mode.RAW) {
            judged = end;
        } else if (mode == Mode.MESSAGES && judged < end) {
            held = allocator.buffer(end - judged).writeBytes(in, judged, end - judged);
        }
        handOn(in, own(in, sent, judged), judged);
    }

    /**
     * Hands on what may go up to {@code judged}, and behind it what the lane says itself, if it does. What it said in the place of
     * messages before waits here: between those and {@code judged} there is nothing that goes.
     *
     * @return where what goes next begins
     */
    private int own(ByteBuf in, int sent, int judged) {
        ByteBuf own = lane.takeOwn();
        if (own == null) {
            return sent;
        }
        handOnRun(in, sent, judged);
        write(own);
        return judged;
    }

    private void handOnRun(ByteBuf in, int from, int to) {
        if (to > from) {
            write(in.retainedSlice(from, to - from));
        }
    }

    /** Hands on what may go; the message at {@code held} stays, with {@code rest} bytes of its body behind {@code to}. */
    private void park(ByteBuf in, int sent, int held, int to, int rest) {
        handOnRun(in, sent, held);
        parked = in.readerIndex(held);
        parkedTo = to;
        parkedRest = rest;
    }

    /** What streams, or ends the walk, at {@code at}: where the walk goes on. */
    private int begin(int look, byte type, int length, ByteBuf in, int at) {
        int bodyAt = at + HEADER_BYTES;
        if (look != Lane.STREAM && look != Lane.DISCARD) {
            mode = look == Lane.RAW ? Mode.RAW : Mode.STOPPED;
            lane.onLast(type, length);
            return bodyAt;
        }
        streaming = length - LENGTH_BYTES;
        lane.onStream(type, streaming);
        if (streaming == 0) {
            lane.onChunk(in, bodyAt, 0, true);
        }
        return bodyAt;
    }

    private int chunk(ByteBuf in, int at, int end) {
        int length = Math.min(streaming, end - at);
        streaming -= length;
        lane.onChunk(in, at, length, streaming == 0);
        return length;
    }

    /** Gives the buffer itself away, narrowed to what goes. */
    private void handOn(ByteBuf in, int from, int to) {
        if (from == to) {
            in.release();
        } else {
            write(in.setIndex(from, to));
        }
    }

    private void write(ByteBuf out) {
        peer.accept(out);
    }
}
