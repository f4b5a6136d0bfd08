package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node answers, message by message: which of it the client hears of, which of it an {@link Errand}, and which of it nobody.
 *
 * <p>Thread: the session's event loop.
 */
final class Answers implements Lane {
    private static final ErrorFields NO_FIELDS =
            new ErrorFields("ERROR", "", "", null, null, 0, null, null, null, null, null);

    private static final int ERROR_LENGTH_MIN = 8;
    private static final int ERROR_LENGTH_MAX = 30_000;

    private final SplitSession session;
    private final NodeSession node;
    private final BackendDecoder decoder = new BackendDecoder();
    private final Map<String, String> parameters = new HashMap<>();
    private int processId;
    private byte[] key = {};
    private boolean ready;
    private boolean copying;

    /** It has said what is no answer: nothing that it says counts any more. */
    private boolean broken;

    Answers(SplitSession session, NodeSession node) {
        this.session = session;
        this.node = node;
    }

    /** What a leader has told of its settings. */
    Map<String, String> parameters() {
        return parameters;
    }

    /** Whether the node has said that it serves. */
    boolean isReady() {
        return ready;
    }

    /** Whether the client is to send rows. */
    boolean isCopying() {
        return copying;
    }

    void onCopyEnd() {
        copying = false;
    }

    /** Of the server process; 0 until it has told. */
    int processId() {
        return processId;
    }

    /** Its secret; not to be changed. */
    byte[] key() {
        return key;
    }

    @Override
    public int look(byte type, int length) {
        int bodyLength = length - MessageType.LENGTH_BYTES;
        if (node.leads && (bodyLength < 0 || isProtocol2Error(type, length))) {
            return RAW;
        }
        Segment segment = node.unanswered().first();
        if (broken || isGarbage(type, bodyLength, segment)) {
            return 0;
        }
        if (segment != null && !segment.isClients()) {
            return bodyLength > NodeSession.LOOK_BYTES ? DISCARD : bodyLength;
        }
        if (type == MessageType.Backend.DATA_ROW || type == MessageType.Backend.COPY_DATA) {
            return STREAM;
        }
        return Math.min(bodyLength, NodeSession.LOOK_BYTES);
    }

    /** What is no message to the session is none to whoever reads it next. */
    @Override
    public void onLast(byte type, int length) {}

    @Override
    public @Nullable ByteBuf takeOwn() {
        return session.voice().takeNote();
    }

    @Override
    public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        Segment segment = node.unanswered().first();
        if (broken || isGarbage(type, bodyLength, segment)) {
            return onGarbage(type, bodyLength);
        }
        if (type == MessageType.Backend.ERROR_RESPONSE && session.isServedBy(node)) {
            ErrorFields error = error(type, buffer, bodyAt, bodyLength);
            if (error.isFatal()) {
                return session.onLeaderLeaves(node, error, message(buffer, bodyAt, bodyLength))
                        ? Disposition.DROP
                        : Disposition.FORWARD;
            }
        }
        if (segment == null || isAsynchronous(type)) {
            return unasked(type, buffer, bodyAt, bodyLength);
        }
        Errand errand = segment.errand;
        if (errand != null) {
            own(segment, errand, type, buffer, bodyAt, bodyLength);
            return Disposition.DROP;
        }
        return switch (type) {
            case MessageType.Backend.READY_FOR_QUERY -> onReady(segment, buffer.getByte(bodyAt));
            case MessageType.Backend.ERROR_RESPONSE -> {
                ErrorFields error = error(type, buffer, bodyAt, bodyLength);
                yield onError(segment, error, Retries.isForClient(error, buffer, bodyAt, bodyLength));
            }
            case MessageType.Backend.PARSE_COMPLETE, MessageType.Backend.CLOSE_COMPLETE -> {
                Segment.Mark mark = segment.marks.poll();
                if (mark == null && !node.leads) {
                    yield onGarbage(type, bodyLength);
                }
                yield mark != null && mark.hidden() ? Disposition.DROP : passed(segment);
            }
            case MessageType.Backend.COMMAND_COMPLETE -> {
                segment.tag = tag(buffer, bodyAt, bodyLength);
                segment.completed++;
                yield passed(segment);
            }
            case MessageType.Backend.EMPTY_QUERY_RESPONSE, MessageType.Backend.PORTAL_SUSPENDED -> {
                segment.completed++;
                yield passed(segment);
            }
            case MessageType.Backend.COPY_IN_RESPONSE,
                    MessageType.Backend.COPY_OUT_RESPONSE,
                    MessageType.Backend.COPY_BOTH_RESPONSE -> {
                copying = type != MessageType.Backend.COPY_OUT_RESPONSE;
                segment.beyondRecall = true;
                yield passed(segment);
            }
            default -> passed(segment);
        };
    }

    @Override
    public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
        Segment segment = node.unanswered().first();
        if (broken || isGarbage(type, bodyLength, segment)) {
            return onGarbage(type, bodyLength);
        }
        if (segment != null && !isAsynchronous(type)) {
            segment.beyondRecall = true;
            if (type == MessageType.Backend.ERROR_RESPONSE) {
                fail(segment);
            }
            return passed(segment);
        }
        boolean asks = type == MessageType.Backend.AUTHENTICATION && session.isLoggingIn();
        return node.leads && !asks ? Disposition.FORWARD : Disposition.DROP;
    }

    @Override
    public void onStream(byte type, int bodyLength) {
        Segment segment = node.unanswered().first();
        if (segment == null) {
            return;
        }
        if (segment.isClients()) {
            segment.beyondRecall = true;
            session.voice().onAnswer(segment.route);
        } else {
            segment.failed = true;
            segment.tag = "an answer of " + bodyLength + " bytes (expected: at most " + NodeSession.LOOK_BYTES + ")";
        }
    }

    @Override
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {}

    /** As {@code BackendLane}: what a server of before PostgreSQL 7.4 says has no length. */
    private boolean isProtocol2Error(byte type, int length) {
        return !ready
                && type == MessageType.Backend.ERROR_RESPONSE
                && (length < ERROR_LENGTH_MIN || length > ERROR_LENGTH_MAX);
    }

    /**
     * Whether that is no message, or none that can come now. What the leader says is for the client to judge, but for what the
     * session itself has to read; in the place of a node that answers reads the leader can answer.
     */
    private boolean isGarbage(byte type, int bodyLength, @Nullable Segment segment) {
        if (bodyLength < 0 || (type == MessageType.Backend.READY_FOR_QUERY && bodyLength != 1)) {
            return true;
        }
        if (node.leads || isAsynchronous(type) || type == MessageType.Backend.ERROR_RESPONSE) {
            return false;
        }
        if (segment == null) {
            return true;
        }
        return segment.isClients() ? !isAnswer(type) : !MessageType.backendKnown(type);
    }

    /** Whether a read is answered with such. */
    private static boolean isAnswer(byte type) {
        return switch (type) {
            case MessageType.Backend.PARSE_COMPLETE,
                    MessageType.Backend.BIND_COMPLETE,
                    MessageType.Backend.CLOSE_COMPLETE,
                    MessageType.Backend.PARAMETER_DESCRIPTION,
                    MessageType.Backend.ROW_DESCRIPTION,
                    MessageType.Backend.NO_DATA,
                    MessageType.Backend.DATA_ROW,
                    MessageType.Backend.PORTAL_SUSPENDED,
                    MessageType.Backend.EMPTY_QUERY_RESPONSE,
                    MessageType.Backend.COMMAND_COMPLETE,
                    MessageType.Backend.READY_FOR_QUERY -> true;
            default -> false;
        };
    }

    /** The client sees what the leader has said; behind it, nothing passes. */
    private Disposition onGarbage(byte type, int bodyLength) {
        if (broken) {
            return Disposition.STOP;
        }
        broken = true;
        session.mishaps().onViolation(node, type, bodyLength + MessageType.LENGTH_BYTES);
        return node.leads ? Disposition.FORWARD : Disposition.STOP;
    }

    private static byte[] message(ByteBuf buffer, int bodyAt, int bodyLength) {
        byte[] message = new byte[MessageType.HEADER_BYTES + bodyLength];
        buffer.getBytes(bodyAt - MessageType.HEADER_BYTES, message);
        return message;
    }

    private static boolean isAsynchronous(byte type) {
        return type == MessageType.Backend.NOTICE_RESPONSE
                || type == MessageType.Backend.NOTIFICATION_RESPONSE
                || type == MessageType.Backend.PARAMETER_STATUS;
    }

    private Disposition unasked(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (node.leads) {
            BackendMessage message = decoder.decode(type, buffer, bodyAt, bodyLength);
            if (message instanceof BackendMessage.NoticeResponse(ErrorFields warning)
                    && node.isQuiet()
                    && session.isServedBy(node)
                    && session.onLeaderLeaves(node, warning, message(buffer, bodyAt, bodyLength))) {
                return Disposition.DROP;
            }
            if (message instanceof BackendMessage.BackendKeyData(int process, byte[] secret)) {
                processId = process;
                key = secret;
            } else if (message instanceof BackendMessage.ParameterStatus(String name, String value)) {
                parameters.put(name, value);
            }
            if (!session.hears(node)) {
                return Disposition.DROP;
            }
            LeaderLogin login = session.login();
            Disposition answered = login == null ? null : login.on(type, message, buffer, bodyAt, bodyLength);
            if (answered != null) {
                return answered;
            }
            if (type == MessageType.Backend.READY_FOR_QUERY) {
                ready = true;
            }
            session.onLeaderSays(message, buffer, bodyAt, bodyLength);
            return Disposition.FORWARD;
        }
        Segment segment = node.unanswered().first();
        boolean clients = segment != null && segment.isClients();
        return clients && type == MessageType.Backend.NOTICE_RESPONSE ? Disposition.FORWARD : Disposition.DROP;
    }

    private void own(Segment segment, Errand errand, byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (type == MessageType.Backend.READY_FOR_QUERY) {
            node.onAnswered();
            ready = true;
            errand.onEnd(segment.failed ? segment.tag : "");
            session.later();
        } else if (type == MessageType.Backend.ERROR_RESPONSE) {
            ErrorFields error = error(type, buffer, bodyAt, bodyLength);
            segment.failed = true;
            segment.tag = error.sqlState() + ": " + error.message();
        } else if (type == MessageType.Backend.BACKEND_KEY_DATA
                && decoder.decode(type, buffer, bodyAt, bodyLength)
                        instanceof BackendMessage.BackendKeyData(int process, byte[] secret)) {
            processId = process;
            key = secret;
        } else {
            errand.on(type, buffer, bodyAt, bodyLength);
        }
    }

    private ErrorFields error(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        decoder.charset(session.charset());
        return decoder.decode(type, buffer, bodyAt, bodyLength)
                        instanceof BackendMessage.ErrorResponse(ErrorFields fields)
                ? fields
                : NO_FIELDS;
    }

    private static String tag(ByteBuf buffer, int bodyAt, int bodyLength) {
        return bodyLength < 1 ? "" : buffer.toString(bodyAt, bodyLength - 1, StandardCharsets.US_ASCII);
    }

    private Disposition passed(Segment segment) {
        if (segment.swallow > 0) {
            segment.swallow--;
            return Disposition.DROP;
        }
        segment.passed++;
        session.voice().onAnswer(segment.route);
        return Disposition.FORWARD;
    }

    private Disposition onReady(Segment segment, byte status) {
        if (!node.leads && segment.isUnanswered()) {
            return onGarbage(MessageType.Backend.READY_FOR_QUERY, 1);
        }
        node.onAnswered();
        copying = false;
        session.onSegmentEnd(node, segment, status);
        if (segment.silent) {
            return Disposition.DROP;
        }
        session.voice().onAnswer(segment.route);
        return Disposition.FORWARD;
    }

    private Disposition onError(Segment segment, ErrorFields error, boolean forClient) {
        List<Segment.Kept> again = node.leads || forClient ? null : segment.again();
        fail(segment);
        segment.sqlState = error.sqlState();
        if (again != null && session.retries().take(node, segment, again, error)) {
            segment.silent = true;
            return Disposition.HOLD;
        }
        Disposition passed = passed(segment);
        OwnSetting.Fault fault = segment.fault;
        return fault == null || !segment.isRefusal(error) ? passed : new Disposition.Replace(node.said("ERROR", fault));
    }

    /** What comes behind an error and before the Sync is skipped. */
    private void fail(Segment segment) {
        segment.failed = true;
        for (Segment.Mark mark : segment.marks) {
            Parsed parsed = mark.parsed();
            if (parsed != null) {
                node.statements().onNotParsed(parsed);
                if (!mark.hidden()) {
                    session.statements().onNotParsed(parsed);
                }
            }
        }
        segment.marks.clear();
    }
}
