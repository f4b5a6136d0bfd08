package io.pgweir.proxy.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CapturedSession;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.MessageType;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies the client's messages as they came, once the tracker has seen them: one that is held before that comes again. What belongs
 * to a login the tracker does not count, and nobody else keeps.
 */
final class FrontendTap implements Lane {
    private final Lane lane;
    private final CapturedSession captured;
    private final SessionTracker tracker;
    private final LongSupplier nanos;
    private final TextSecrets secrets;
    private final @Nullable MessageDisguise disguise;

    /** Number of the message that was copied last. */
    private long copied;

    /** What streams is copied; not the rest of a message whose beginning was not seen. */
    private boolean streams;

    private byte type;
    private int bodyLength;
    private boolean first;

    FrontendTap(
            Lane lane,
            CapturedSession captured,
            SessionTracker tracker,
            LongSupplier nanos,
            @Nullable MessageDisguise disguise) {
        this.lane = lane;
        this.captured = captured;
        this.tracker = tracker;
        this.nanos = nanos;
        this.disguise = disguise;
        secrets = new TextSecrets(tracker);
        copied = tracker.lastNumber();
    }

    @Override
    public int look(byte which, int length) {
        return lane.look(which, length);
    }

    @Override
    public void onLast(byte which, int length) {
        lane.onLast(which, length);
    }

    @Override
    public void onWait() {
        lane.onWait();
    }

    @Override
    public @Nullable ByteBuf takeOwn() {
        return lane.takeOwn();
    }

    @Override
    public Disposition onMessage(byte which, ByteBuf buffer, int bodyAt, int length) {
        Disposition disposition = lane.onMessage(which, buffer, bodyAt, length);
        if (isNew()) {
            copy(which, buffer, bodyAt, length);
        }
        return disposition;
    }

    private void copy(byte which, ByteBuf buffer, int bodyAt, int length) {
        MessageDisguise others = disguise;
        ByteBuf clean = others == null
                ? secrets.redacted(which, buffer, bodyAt, length)
                : others.frontend(which, buffer, bodyAt, length);
        long now = nanos.getAsLong();
        if (clean == null) {
            captured.message(now, Direction.FRONTEND, which, 0, copied, buffer, bodyAt, length);
        } else {
            captured.message(now, Direction.FRONTEND, which, Message.REDACTED, copied, clean, 0, clean.readableBytes());
        }
    }

    private boolean isNew() {
        long last = tracker.lastNumber();
        boolean fresh = last != copied;
        copied = last;
        return fresh;
    }

    @Override
    public Disposition onHead(byte which, ByteBuf buffer, int bodyAt, int headLength, int length) {
        Disposition disposition = lane.onHead(which, buffer, bodyAt, headLength, length);
        begin(which, length, isNew());
        return disposition;
    }

    private void begin(byte which, int length, boolean copies) {
        type = which;
        bodyLength = length;
        streams = copies;
        first = true;
    }

    @Override
    public void onStream(byte which, int length) {
        lane.onStream(which, length);
        // CopyData is counted with its first bytes.
        begin(which, length, isNew() || which == MessageType.Frontend.COPY_DATA);
    }

    @Override
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
        lane.onChunk(buffer, at, length, last);
        if (!streams || (first && type == MessageType.Frontend.COPY_DATA && !isNew())) {
            streams = false;
            return;
        }
        MessageDisguise others = disguise;
        if (others == null) {
            captured.part(
                    nanos.getAsLong(),
                    Direction.FRONTEND,
                    type,
                    0,
                    copied,
                    bodyLength,
                    buffer,
                    at,
                    length,
                    first,
                    last);
        } else if (type == MessageType.Frontend.COPY_DATA) {
            part(Message.REDACTED, others.copied(buffer, at, length), length, first, last);
        } else if (first) {
            // Its values are not known before its end.
            part(Message.REDACTED | Message.TRUNCATED, Unpooled.EMPTY_BUFFER, 0, true, true);
        }
        first = false;
        streams = !last;
    }

    private void part(int flags, ByteBuf from, int length, boolean begins, boolean ends) {
        captured.part(
                nanos.getAsLong(), Direction.FRONTEND, type, flags, copied, bodyLength, from, 0, length, begins, ends);
    }
}
