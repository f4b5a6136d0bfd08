package io.pgweir.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord.Cancel;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One session's way into a capture. Copies what it is given, keeps no buffer, never waits; what does not fit into the queue is counted,
 * and told before the next record that does. On the session's event loop, but for what says otherwise. Moments are {@link
 * System#nanoTime}'s.
 */
public final class CapturedSession {
    /** Of a record in the queue, before its body: kind, session and time. */
    static final int FIXED_BYTES = 1 + Long.BYTES + Long.BYTES;

    private final CaptureWriter writer;
    private final ByteRing ring;
    private final ByteBuffer view;
    private final long number;
    private final long openNanos;
    private final Packed head = new Packed(64);

    /** The message that is under way, of each direction: whether the rest of it is left out. */
    private boolean frontendLeftOut;

    private boolean backendLeftOut;

    /** Something below waits for room in the queue. Event loop. */
    private boolean untold;

    /** Whoever ends it may be within a call that goes on to say more: nothing is written behind its end. Event loop. */
    private boolean ended;

    /** The rest is guarded by this: the writer takes it where no record comes any more. */
    private @Nullable SessionOpen open;

    private long lostMessages;
    private long lostBytes;
    private @Nullable SessionEnd end;

    CapturedSession(CaptureWriter writer, ByteRing ring, long number, long at, SessionOpen session) {
        this.writer = writer;
        this.ring = ring;
        this.number = number;
        view = ring.view();
        openNanos = writer.offset(at);
        open = new SessionOpen(
                number,
                openNanos,
                session.id(),
                session.origin(),
                session.user(),
                session.database(),
                session.application(),
                session.protocol(),
                session.parameters(),
                session.client(),
                session.server());
        untold = !tell();
    }

    /** Within the capture, from 1. */
    public long number() {
        return number;
    }

    /** What values are to be replaced by before they come here; null where they are kept. */
    public @Nullable Disguise disguise() {
        return writer.disguise();
    }

    /**
     * A message that is whole. What belongs to a login is left out, and a cancel key is zeroed.
     *
     * @param flags {@link Message#REDACTED}, or 0
     * @param request as {@link Message} says
     * @param from borrowed for the call
     */
    public void message(
            long at, Direction direction, byte type, int flags, long request, ByteBuf from, int bodyAt, int bodyBytes) {
        part(at, direction, type, flags, request, bodyBytes, from, bodyAt, bodyBytes, true, true);
    }

    /**
     * Some bytes of a message that comes in chunks.
     *
     * @param bodyBytes of the whole body
     * @param first whether the body begins with them
     * @param last whether it ends with them
     */
    public void part(
            long at,
            Direction direction,
            byte type,
            int flags,
            long request,
            int bodyBytes,
            ByteBuf from,
            int partAt,
            int partBytes,
            boolean first,
            boolean last) {
        if (writer.leavesOut(direction)) {
            return;
        }
        long nanos = writer.offset(at);
        int done = 0;
        do {
            int length = Math.min(Limits.PART_MAX, partBytes - done);
            boolean begins = first && done == 0;
            boolean ends = last && done + length == partBytes;
            int marks = flags | (begins ? 0 : Message.CONTINUES) | (ends ? 0 : Message.MORE);
            piece(nanos, direction, type, marks, request, bodyBytes, from, partAt + done, length);
            done += length;
        } while (done < partBytes);
    }

    private void piece(
            long nanos,
            Direction direction,
            byte type,
            int flags,
            long request,
            int bodyBytes,
            ByteBuf from,
            int at,
            int length) {
        boolean begins = Records.isFirst(flags);
        if (!begins && isLeftOut(direction)) {
            lose(0, length);
            return;
        }
        head.clear();
        boolean taken = switch (Secrets.of(direction, type, flags, from, at, length)) {
            case SECRET -> true;
            case HAS_KEY -> {
                Records.writeBlanked(head, request, from, at, length);
                yield offer(Records.MESSAGE, nanos, Unpooled.EMPTY_BUFFER, 0, 0);
            }
            case OPEN -> {
                Records.writeHead(head, direction, type, flags, request, bodyBytes);
                yield offer(Records.MESSAGE, nanos, from, at, length);
            }
        };
        leaveOut(direction, !taken);
        if (!taken) {
            lose(1, length);
        }
    }

    private boolean isLeftOut(Direction direction) {
        return direction == Direction.FRONTEND ? frontendLeftOut : backendLeftOut;
    }

    private void leaveOut(Direction direction, boolean is) {
        if (direction == Direction.FRONTEND) {
            frontendLeftOut = is;
        } else {
            backendLeftOut = is;
        }
    }

    /** What the session had when it was found, before its messages. Number and time are those of its opening, whatever they are. */
    public void state(SessionState state) {
        if (offer(state, openNanos)) {
            return;
        }
        int half = state.statements().size() / 2;
        if (half == 0) {
            head.clear();
            Records.write(new Gap(number, openNanos, Gap.Why.TOO_LARGE, 1, 0), head);
            if (offer(Records.GAP, openNanos, Unpooled.EMPTY_BUFFER, 0, 0)) {
                writer.onTooLarge();
            } else {
                lose(1, 0);
            }
            return;
        }
        List<CaptureRecord.Statement> all = state.statements();
        state(new SessionState(
                number,
                openNanos,
                state.transaction(),
                state.settings(),
                all.subList(0, half),
                state.portals(),
                state.channels()));
        state(new SessionState(
                number,
                openNanos,
                state.transaction(),
                List.of(),
                all.subList(half, all.size()),
                List.of(),
                List.of()));
    }

    /** What became of a request. Number and time are given here, whatever they are. */
    public void response(long at, Response response) {
        if (!offer(response, writer.offset(at))) {
            lose(1, 0);
        }
    }

    /** The client asked to cancel what this session runs. */
    public void cancel(long at) {
        long nanos = writer.offset(at);
        if (!offer(new Cancel(number, nanos), nanos)) {
            lose(1, 0);
        }
    }

    /** Messages that should be here are not, for another reason than the queue. */
    public void gap(long at, Gap.Why why, int messages, long bytes) {
        long nanos = writer.offset(at);
        if (!offer(new Gap(number, nanos, why, messages, bytes), nanos)) {
            lose(messages, 0);
        }
    }

    /** Nothing follows; to be called once. */
    public void end(long at, String cause) {
        SessionEnd last = new SessionEnd(number, writer.offset(at), cause);
        boolean told = offer(last, last.nanos());
        ended = true;
        if (!told) {
            synchronized (this) {
                end = last;
            }
        }
        writer.onEnd(this, told);
    }

    /** False where it is too long as well as where there is no room. */
    private boolean offer(CaptureRecord record, long nanos) {
        head.clear();
        Records.write(record, head);
        return head.length() <= Records.TAIL_MAX && offer(Records.kind(record), nanos, Unpooled.EMPTY_BUFFER, 0, 0);
    }

    /** What is in {@link #head}, and bytes of {@code from}. */
    private boolean offer(int kind, long nanos, ByteBuf from, int at, int length) {
        if (ended || writer.isClosed()) {
            return true;
        }
        if (untold) {
            // It uses the head too.
            byte[] kept = head.copy();
            untold = !tell();
            if (untold) {
                return false;
            }
            head.clear();
            head.bytes(kept, 0, kept.length);
        }
        return put(kind, nanos, from, at, length);
    }

    private boolean put(int kind, long nanos, ByteBuf from, int at, int length) {
        int bytes = FIXED_BYTES + head.length() + length;
        if (bytes > ring.recordBytesMax()) {
            return false;
        }
        int room = ring.claim(bytes);
        if (room == ByteRing.FULL && writer.makesRoom()) {
            room = ring.claim(bytes);
        }
        if (room == ByteRing.FULL) {
            return false;
        }
        boolean filled = false;
        try {
            view.limit(room + bytes).position(room);
            view.put((byte) kind).putLong(number).putLong(nanos).put(head.array(), 0, head.length());
            from.getBytes(at, view);
            filled = true;
        } finally {
            if (filled) {
                ring.commit(room, bytes);
            } else {
                ring.discard(room, bytes);
            }
        }
        return true;
    }

    private void lose(int messages, int bytes) {
        writer.onDropped(messages);
        synchronized (this) {
            lostMessages += messages;
            lostBytes += bytes;
        }
        untold = true;
    }

    /** Whether nothing is left to tell. */
    private synchronized boolean tell() {
        SessionOpen opening = open;
        if (opening != null) {
            if (!putWhole(opening)) {
                return false;
            }
            open = null;
        }
        if (lostMessages + lostBytes > 0) {
            long now = writer.now();
            if (!putWhole(new Gap(number, now, Gap.Why.QUEUE_FULL, lostMessages, lostBytes))) {
                return false;
            }
            lostMessages = 0;
            lostBytes = 0;
        }
        return true;
    }

    private boolean putWhole(CaptureRecord record) {
        head.clear();
        Records.write(record, head);
        return put(Records.kind(record), record.nanos(), Unpooled.EMPTY_BUFFER, 0, 0);
    }

    /** What the queue never had room for, in order. Writer thread. */
    synchronized List<CaptureRecord> takeUntold() {
        List<CaptureRecord> records = new ArrayList<>();
        if (open != null) {
            records.add(open);
        }
        if (lostMessages + lostBytes > 0) {
            records.add(new Gap(number, writer.now(), Gap.Why.QUEUE_FULL, lostMessages, lostBytes));
        }
        if (end != null) {
            records.add(end);
        }
        open = null;
        lostMessages = 0;
        lostBytes = 0;
        end = null;
        return records;
    }
}
