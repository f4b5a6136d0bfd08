package io.pgweir.proxy.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.AnswerDigest;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CapturedSession;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.session.Asked;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.MessageType;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Copies the server's messages as they came, each with the number of the request that it answers; not what pgweir itself asked. */
final class BackendTap implements Lane {
    private static final long NONE = 0;
    private static final long OWN = -1;

    private final Lane lane;
    private final CapturedSession captured;
    private final SessionTracker tracker;
    private final LongSupplier nanos;
    private final AnswerDigest digest;
    private final @Nullable MessageDisguise disguise;
    private long request;
    private byte type;
    private int bodyLength;
    private boolean streams;
    private boolean first;

    BackendTap(
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
        digest = new AnswerDigest(disguise == null ? captured::response : this::disguised);
    }

    /** Whoever guesses a row cannot prove it by its checksum. */
    private void disguised(long at, Response response) {
        if (disguise != null) {
            captured.response(at, disguise.checksums(response));
        }
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

    /** Before the tracker hears of the message: then it knows what that answers. */
    private void ask(byte which) {
        if (which == MessageType.Backend.PARAMETER_STATUS || which == MessageType.Backend.NOTIFICATION_RESPONSE) {
            request = NONE;
            return;
        }
        Asked asked = tracker.answers();
        if (asked == null) {
            request = NONE;
        } else if (asked.isOwn()) {
            request = OWN;
        } else {
            request = asked.number();
            digest.on(request, asked.nanos(), nanos.getAsLong());
        }
    }

    @Override
    public Disposition onMessage(byte which, ByteBuf buffer, int bodyAt, int length) {
        ask(which);
        Disposition disposition = lane.onMessage(which, buffer, bodyAt, length);
        if (request != OWN) {
            long now = nanos.getAsLong();
            copy(now, which, buffer, bodyAt, length);
            if (request != NONE) {
                digest.onMessage(now, which, buffer, bodyAt, length);
            }
        }
        return disposition;
    }

    private void copy(long now, byte which, ByteBuf buffer, int bodyAt, int length) {
        MessageDisguise others = disguise;
        if (others != null && MessageDisguise.leavesOut(which)) {
            return;
        }
        ByteBuf other = others == null ? null : others.backend(which, buffer, bodyAt, length);
        if (other == null) {
            captured.message(now, Direction.BACKEND, which, 0, request, buffer, bodyAt, length);
        } else {
            captured.message(now, Direction.BACKEND, which, Message.REDACTED, request, other, 0, other.readableBytes());
        }
    }

    @Override
    public Disposition onHead(byte which, ByteBuf buffer, int bodyAt, int headLength, int length) {
        ask(which);
        Disposition disposition = lane.onHead(which, buffer, bodyAt, headLength, length);
        begin(which, length);
        if (request > NONE) {
            digest.onMessage(nanos.getAsLong(), which, buffer, bodyAt, headLength);
        }
        return disposition;
    }

    @Override
    public void onStream(byte which, int length) {
        ask(which);
        lane.onStream(which, length);
        begin(which, length);
    }

    private void begin(byte which, int length) {
        type = which;
        bodyLength = length;
        streams = request != OWN;
        first = true;
    }

    @Override
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
        lane.onChunk(buffer, at, length, last);
        if (streams) {
            if (disguise == null || !MessageDisguise.hasValues(type)) {
                part(0, buffer, at, length, last);
            } else if (first && !MessageDisguise.leavesOut(type)) {
                part(Message.REDACTED | Message.TRUNCATED, Unpooled.EMPTY_BUFFER, 0, 0, true);
            }
            if (request > NONE && AnswerDigest.isRow(type)) {
                digest.onChunk(buffer, at, length, last);
            }
            first = false;
            streams = !last;
        }
    }

    private void part(int flags, ByteBuf from, int at, int length, boolean last) {
        captured.part(
                nanos.getAsLong(), Direction.BACKEND, type, flags, request, bodyLength, from, at, length, first, last);
    }
}
