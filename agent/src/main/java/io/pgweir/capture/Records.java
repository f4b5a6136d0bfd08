package io.pgweir.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord.Cancel;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.capture.Unpacked.MalformedException;
import io.pgweir.wire.TransactionStatus;
import java.nio.ByteBuffer;
import java.util.UUID;

/** The body of each kind of record, without session and time: docs/capture-format.md. */
final class Records {
    static final int OPEN = 1;
    static final int STATE = 2;
    static final int MESSAGE = 3;
    static final int RESPONSE = 4;
    static final int GAP = 5;
    static final int END = 6;
    static final int CANCEL = 7;

    /** With {@link Message}'s flags: the server sent it. */
    static final int FROM_BACKEND = 1 << 7;

    /** Of a body, so that a record with its kind, length, session and time is within {@link Limits#RECORD_MAX}. */
    static final int TAIL_MAX = Limits.RECORD_MAX - 32;

    private Records() {}

    /** By a message's first byte. */
    static Direction direction(int bits) {
        return (bits & FROM_BACKEND) == 0 ? Direction.FRONTEND : Direction.BACKEND;
    }

    /** How many of a written message's bytes are of its body. */
    static int bodyBytes(ByteBuffer message) {
        int at = message.position() + 2;
        for (int numbers = hasLength(message.get(message.position())) ? 2 : 1; numbers > 0; at++) {
            if (message.get(at) >= 0) {
                numbers--;
            }
        }
        return message.limit() - at;
    }

    /** Whether a message's first byte says that no part went before. */
    static boolean isFirst(int bits) {
        return (bits & Message.CONTINUES) == 0;
    }

    static int kind(CaptureRecord record) {
        return switch (record) {
            case SessionOpen _ -> OPEN;
            case SessionState _ -> STATE;
            case Message _ -> MESSAGE;
            case Response _ -> RESPONSE;
            case Gap _ -> GAP;
            case SessionEnd _ -> END;
            case Cancel _ -> CANCEL;
        };
    }

    /** False where all of it is secret, and nothing was written. */
    static boolean write(CaptureRecord record, Packed to) {
        switch (record) {
            case SessionOpen open -> writeOpen(open, to);
            case SessionState state -> writeState(state, to);
            case Message message -> {
                return writeMessage(message, to);
            }
            case Response response -> writeResponse(response, to);
            case Gap gap -> to.constant(gap.why()).number(gap.messages()).number(gap.bytes());
            case SessionEnd end -> to.text(end.cause());
            case Cancel _ -> {}
        }
        return true;
    }

    static CaptureRecord read(int kind, long session, long nanos, Unpacked from) throws MalformedException {
        CaptureRecord record = switch (kind) {
            case OPEN -> readOpen(session, nanos, from);
            case STATE -> readState(session, nanos, from);
            case MESSAGE -> readMessage(session, nanos, from);
            case RESPONSE -> readResponse(session, nanos, from);
            case GAP -> new Gap(session, nanos, from.constant(Gap.Why.values()), from.number(), from.number());
            case END -> new SessionEnd(session, nanos, from.text());
            case CANCEL -> new Cancel(session, nanos);
            default -> throw new MalformedException("kind of record: " + kind + " (expected: 1 to 7)");
        };
        from.end();
        return record;
    }

    private static void writeOpen(SessionOpen open, Packed to) {
        to.int64(open.id().getMostSignificantBits()).int64(open.id().getLeastSignificantBits());
        to.constant(open.origin());
        to.text(open.user()).text(open.database()).text(open.application()).number(open.protocol() & 0xffffffffL);
        to.list(Secrets.without(open.parameters()), Records::writeSetting);
        writeLeg(open.client(), to);
        writeLeg(open.server(), to);
    }

    static SessionOpen readOpen(long session, long nanos, Unpacked from) throws MalformedException {
        return new SessionOpen(
                session,
                nanos,
                new UUID(from.int64(), from.int64()),
                from.constant(Origin.values()),
                from.text(),
                from.text(),
                from.text(),
                (int) from.number(),
                from.list(Records::readSetting),
                readLeg(from),
                readLeg(from));
    }

    private static void writeState(SessionState state, Packed to) {
        to.constant(state.transaction());
        to.list(Secrets.without(state.settings()), Records::writeSetting);
        to.list(state.statements(), Records::writeStatement);
        to.list(state.portals(), Packed::text);
        to.list(state.channels(), Packed::text);
    }

    private static SessionState readState(long session, long nanos, Unpacked from) throws MalformedException {
        return new SessionState(
                session,
                nanos,
                from.constant(TransactionStatus.values()),
                from.list(Records::readSetting),
                from.list(Records::readStatement),
                from.list(Unpacked::text),
                from.list(Unpacked::text));
    }

    private static void writeSetting(Packed to, Setting setting) {
        to.text(setting.name()).text(setting.value());
    }

    private static Setting readSetting(Unpacked from) throws MalformedException {
        return new Setting(from.text(), from.text());
    }

    private static void writeLeg(Leg leg, Packed to) {
        to.text(leg.address()).text(leg.tls());
    }

    private static Leg readLeg(Unpacked from) throws MalformedException {
        return new Leg(from.text(), from.text());
    }

    private static void writeStatement(Packed to, Statement statement) {
        to.text(statement.name()).text(statement.text());
        to.list(statement.types(), (types, oid) -> types.number(oid & 0xffffffffL));
    }

    private static Statement readStatement(Unpacked from) throws MalformedException {
        return new Statement(from.text(), from.text(), from.list(types -> (int) types.number()));
    }

    private static boolean writeMessage(Message message, Packed to) {
        byte[] body = message.body();
        ByteBuf whole = Unpooled.wrappedBuffer(body);
        switch (Secrets.of(message.direction(), message.type(), message.flags(), whole, 0, body.length)) {
            case SECRET -> {
                return false;
            }
            case HAS_KEY -> writeBlanked(to, message.request(), whole, 0, body.length);
            case OPEN -> {
                writeHead(
                        to,
                        message.direction(),
                        message.type(),
                        message.flags(),
                        message.request(),
                        message.bodyLength());
                to.bytes(body, 0, body.length);
            }
        }
        return true;
    }

    /** What stands before a message's bytes. */
    static void writeHead(Packed to, Direction direction, byte type, int flags, long request, int bodyLength) {
        to.int8(flags | (direction == Direction.BACKEND ? FROM_BACKEND : 0))
                .int8(type)
                .number(request);
        if (hasLength(flags)) {
            to.number(bodyLength);
        }
    }

    /** BackendKeyData, its key zeroed. */
    static void writeBlanked(Packed to, long request, ByteBuf body, int at, int length) {
        writeHead(to, Direction.BACKEND, Secrets.KEY_DATA, Message.REDACTED, request, length);
        to.bytes(body, at, Secrets.PROCESS_ID_BYTES);
        for (int i = Secrets.PROCESS_ID_BYTES; i < length; i++) {
            to.int8(0);
        }
    }

    private static Message readMessage(long session, long nanos, Unpacked from) throws MalformedException {
        int bits = from.int8();
        int flags = bits & ~FROM_BACKEND;
        if ((flags & ~Message.FLAGS) != 0) {
            throw new MalformedException("flags of message: " + flags + " (expected: 0 to " + Message.FLAGS + ")");
        }
        byte type = (byte) from.int8();
        long request = from.number();
        int length = hasLength(flags) ? from.upTo(Integer.MAX_VALUE, "length of body") : -1;
        byte[] body = from.rest();
        return new Message(
                session, nanos, direction(bits), type, flags, request, length < 0 ? body.length : length, body);
    }

    /** Whether the bytes at hand do not tell how long the whole body is. */
    private static boolean hasLength(int flags) {
        return (flags & (Message.TRUNCATED | Message.CONTINUES | Message.MORE)) != 0;
    }

    private static void writeResponse(Response response, Packed to) {
        to.number(response.request()).number(response.rows()).number(response.bytes());
        to.text(response.tag()).text(response.sqlState());
        to.number(response.firstNanos()).number(response.totalNanos());
        to.int64(response.ordered()).int64(response.unordered()).number(response.notices());
    }

    private static Response readResponse(long session, long nanos, Unpacked from) throws MalformedException {
        return new Response(
                session,
                nanos,
                from.number(),
                from.number(),
                from.number(),
                from.text(),
                from.text(),
                from.number(),
                from.number(),
                from.int64(),
                from.int64(),
                from.number());
    }
}
