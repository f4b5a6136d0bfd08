package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.proxy.relay.Leg;
import io.pgweir.proxy.relay.Relay;
import io.pgweir.proxy.relay.Sockets;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A split session's connection to one node: what was asked there and is not answered yet, and which of the answers the client
 * hears of.
 *
 * <p>Thread: the session's event loop.
 */
final class NodeSession {
    /** Messages of control are seen whole up to this. */
    static final int LOOK_BYTES = 65_536;

    /** What an errand is told that gets no answer any more. */
    static final String GONE = "the server closed the connection";

    private static final ErrorFields NO_FIELDS =
            new ErrorFields("ERROR", "", "", null, null, 0, null, null, null, null, null);

    private static final byte[] TERMINATE = {MessageType.Frontend.TERMINATE, 0, 0, 0, 4};

    private final SplitSession session;
    final NodeConnection connection;

    /** Whether it is where writes go. */
    final boolean leads;

    private final Leg leg = new Leg(new Events());
    private final BackendDecoder decoder = new BackendDecoder();
    private final Relay toClient;
    private final ArrayDeque<Segment> segments = new ArrayDeque<>(4);

    /** The client's statements that it knows. */
    private final Map<String, Parsed> statements = new HashMap<>(4);

    /** Not ended by a Sync yet: the last of {@link #segments}; null where there is none. */
    private @Nullable Segment open;

    /** Version of the settings that it has. */
    int settings;

    private int processId;
    private byte[] key = {};
    private boolean ready;
    private boolean ended;
    private boolean copying;

    NodeSession(SplitSession session, NodeConnection connection, boolean leads) {
        this.session = session;
        this.connection = connection;
        this.leads = leads;
        this.toClient = new Relay(new Answers(), connection.channel().alloc(), session::say);
        connection.channel().pipeline().addLast("leg", leg);
        connection
                .channel()
                .closeFuture()
                .addListener(closed -> connection.onEnded().run());
    }

    Channel channel() {
        return connection.channel();
    }

    /** Whether it takes what clients ask. */
    boolean isReady() {
        return ready && !ended;
    }

    boolean isEnded() {
        return ended;
    }

    /** Whether everything is answered. */
    boolean isQuiet() {
        return segments.isEmpty();
    }

    boolean isAnsweringClient() {
        for (Segment segment : segments) {
            if (segment.isClients()) {
                return true;
            }
        }
        return false;
    }

    boolean isOpen() {
        return open != null;
    }

    void reading(boolean wanted) {
        if (!ended) {
            leg.reading(channel(), wanted && !toClient.isParked());
        }
    }

    void write(ByteBuf bytes) {
        Sockets.write(channel(), bytes);
    }

    /** A Query, or a FunctionCall. */
    Segment ask(Route route, boolean keeps) {
        Segment segment = new Segment(null, route, keeps);
        segments.add(segment);
        return segment;
    }

    /** What a message of the extended protocol belongs to. */
    Segment segment(Route route, boolean keeps) {
        Segment now = open;
        if (now == null) {
            now = ask(route, keeps);
            now.extended = true;
            open = now;
        }
        return now;
    }

    /** The client's Sync. */
    void sync(Route route) {
        Segment ending = segment(route, false);
        ending.keep(new byte[] {MessageType.Frontend.SYNC, 0, 0, 0, 4}, null, null);
        open = null;
    }

    /** A Sync of pgweir's own: the rest of what the client asks up to its own goes elsewhere. */
    void cut() {
        Segment ending = open;
        if (ending != null) {
            ending.silent = true;
            ending.keep(new byte[] {MessageType.Frontend.SYNC, 0, 0, 0, 4}, null, null);
            open = null;
            write(MessageWriter.bodyless(channel().alloc(), MessageType.Frontend.SYNC));
            channel().flush();
        }
    }

    /** The client has ended what it copies: whatever Syncs it had sent ahead of that the server has overlooked. */
    void onCopyEnd() {
        Segment first = segments.peek();
        if (copying && first != null) {
            segments.clear();
            segments.add(first);
            open = first.extended ? first : null;
            copying = false;
        }
    }

    /** Where nothing of the client's is open. */
    void run(ByteBuf message, Errand errand) {
        segments.add(new Segment(errand, session.routeTo(this, "own", 0), false));
        write(message);
        channel().flush();
    }

    /** What the client asked another node, which has not answered, or only so far. */
    void runAgain(Segment before, List<Segment.Kept> messages) {
        Segment segment = new Segment(null, session.routeTo(this, "retry", before.route.retries() + 1), false);
        segment.swallow = before.passed + before.swallow;
        segment.silent = before.silent;
        segments.add(segment);
        for (Segment.Kept kept : messages) {
            ByteBuf missing = prepare(segment, kept.uses(), kept.parses());
            if (missing != null) {
                write(missing);
            }
            if (kept.parses() != null) {
                learn(segment, kept.parses());
            }
            write(channel().alloc().buffer(kept.message().length).writeBytes(kept.message()));
        }
        channel().flush();
    }

    /**
     * What has to be said before a message, so that it means here what it means to the client; null for nothing.
     *
     * @param uses the statement that the message names
     * @param parses the statement that it makes
     */
    @Nullable
    ByteBuf prepare(Segment segment, @Nullable Parsed uses, @Nullable Parsed parses) {
        ByteBuf said = null;
        Parsed named = uses == null ? parses : uses;
        if (named == null) {
            return null;
        }
        Parsed known = statements.get(named.name());
        if (uses != null && known == uses) {
            return null;
        }
        if (known != null && !named.name().isEmpty() && (uses != null || !session.knows(known))) {
            said = MessageWriter.closeStatement(channel().alloc(), session.charset(), named.name());
            segment.marks.add(new Segment.Mark(true, null));
            statements.remove(named.name());
        }
        if (uses != null && uses.isKept()) {
            segment.marks.add(new Segment.Mark(true, uses));
            statements.put(uses.name(), uses);
            ByteBuf parse = uses.again(channel().alloc());
            if (said == null) {
                return parse;
            }
            said.writeBytes(parse);
            parse.release();
        }
        return said;
    }

    /** The client's Parse goes here. */
    void learn(Segment segment, Parsed parsed) {
        segment.marks.add(new Segment.Mark(false, parsed));
        statements.put(parsed.name(), parsed);
    }

    /** The client's Close goes here. */
    void forget(Segment segment, String name) {
        segment.marks.add(new Segment.Mark(false, null));
        statements.remove(name);
    }

    /** The client's Close of a portal goes here. */
    void closePortal(Segment segment) {
        segment.marks.add(new Segment.Mark(false, null));
    }

    /** The client has closed that statement, elsewhere. */
    void drop(String name) {
        if (statements.containsKey(name) && isReady() && open == null) {
            statements.remove(name);
            ByteBuf close = MessageWriter.closeStatement(channel().alloc(), session.charset(), name);
            ByteBuf sync = MessageWriter.bodyless(channel().alloc(), MessageType.Frontend.SYNC);
            close.writeBytes(sync);
            sync.release();
            run(close, fault -> {});
        }
    }

    /** By SQL, the client has closed them all. */
    void forgetAll() {
        statements.clear();
    }

    /** The client has closed them all by SQL, elsewhere. */
    void dropAll() {
        if (!statements.isEmpty() && isReady() && open == null) {
            statements.clear();
            run(MessageWriter.query(channel().alloc(), "DEALLOCATE ALL"), fault -> {});
        }
    }

    void close() {
        if (!ended) {
            Sockets.close(channel());
        }
    }

    /** @return what of the client's was not answered, in order */
    List<Segment> takeUnanswered() {
        List<Segment> clients = new ArrayList<>(segments);
        segments.clear();
        open = null;
        return clients;
    }

    Route route(String reason, int retries) {
        return new Route(
                connection.host(),
                connection.node().name(),
                connection.node().role().label(),
                reason,
                retries,
                processId);
    }

    CancelTarget cancelTarget() {
        return new CancelTarget(connection.host(), connection.address(), processId, key);
    }

    /** The answer that is held goes nowhere; what is behind it goes on. */
    void goOn() {
        if (toClient.isParked()) {
            toClient.replace(channel().alloc().buffer(0, 0));
        }
    }

    void terminate() {
        if (!ended) {
            write(channel().alloc().buffer(TERMINATE.length).writeBytes(TERMINATE));
            Sockets.onFlushed(channel(), Sockets::close);
        }
    }

    void abort() {
        toClient.stop();
        Sockets.abort(channel());
    }

    private final class Answers implements Lane {
        @Override
        public int look(byte type, int length) {
            int bodyLength = length - MessageType.LENGTH_BYTES;
            Segment segment = segments.peek();
            if (bodyLength < 0) {
                return RAW;
            }
            if (segment != null && !segment.isClients()) {
                return bodyLength > LOOK_BYTES ? DISCARD : bodyLength;
            }
            if (type == MessageType.Backend.DATA_ROW || type == MessageType.Backend.COPY_DATA) {
                return STREAM;
            }
            return Math.min(bodyLength, LOOK_BYTES);
        }

        @Override
        public void onLast(byte type, int length) {
            session.onNodeViolation(NodeSession.this);
        }

        @Override
        public @Nullable ByteBuf takeOwn() {
            return session.takeNote();
        }

        @Override
        public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
            Segment segment = segments.peek();
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
                case MessageType.Backend.ERROR_RESPONSE -> onError(segment, error(type, buffer, bodyAt, bodyLength));
                case MessageType.Backend.PARSE_COMPLETE, MessageType.Backend.CLOSE_COMPLETE -> {
                    Segment.Mark mark = segment.marks.poll();
                    yield mark != null && mark.hidden() ? Disposition.DROP : passed(segment);
                }
                case MessageType.Backend.COMMAND_COMPLETE -> {
                    segment.tag = tag(buffer, bodyAt, bodyLength);
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
            Segment segment = segments.peek();
            if (segment != null) {
                segment.beyondRecall = true;
                if (type == MessageType.Backend.ERROR_RESPONSE) {
                    fail(segment);
                }
                return passed(segment);
            }
            return leads ? Disposition.FORWARD : Disposition.DROP;
        }

        @Override
        public void onStream(byte type, int bodyLength) {
            Segment segment = segments.peek();
            if (segment != null && segment.isClients()) {
                segment.beyondRecall = true;
                session.onAnswer(segment.route);
            }
        }

        @Override
        public void onChunk(ByteBuf buffer, int at, int length, boolean last) {}
    }

    private static boolean isAsynchronous(byte type) {
        return type == MessageType.Backend.NOTICE_RESPONSE
                || type == MessageType.Backend.NOTIFICATION_RESPONSE
                || type == MessageType.Backend.PARAMETER_STATUS;
    }

    private Disposition unasked(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (leads) {
            BackendMessage message = decoder.decode(type, buffer, bodyAt, bodyLength);
            if (message instanceof BackendMessage.BackendKeyData(int process, byte[] secret)) {
                processId = process;
                key = secret;
            }
            if (type == MessageType.Backend.READY_FOR_QUERY) {
                ready = true;
            }
            session.onLeaderSays(message, buffer, bodyAt, bodyLength);
            return Disposition.FORWARD;
        }
        Segment segment = segments.peek();
        boolean clients = segment != null && segment.isClients();
        return clients && type == MessageType.Backend.NOTICE_RESPONSE ? Disposition.FORWARD : Disposition.DROP;
    }

    private void own(Segment segment, Errand errand, byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (type == MessageType.Backend.READY_FOR_QUERY) {
            segments.poll();
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
        session.onAnswer(segment.route);
        return Disposition.FORWARD;
    }

    private Disposition onReady(Segment segment, byte status) {
        segments.poll();
        copying = false;
        session.onSegmentEnd(this, segment, status);
        if (segment.silent) {
            return Disposition.DROP;
        }
        session.onAnswer(segment.route);
        return Disposition.FORWARD;
    }

    private Disposition onError(Segment segment, ErrorFields error) {
        fail(segment);
        if (!leads && session.retries(this, segment, error)) {
            segment.silent = true;
            return Disposition.HOLD;
        }
        return passed(segment);
    }

    /** What comes behind an error and before the Sync is skipped. */
    private void fail(Segment segment) {
        segment.failed = true;
        for (Segment.Mark mark : segment.marks) {
            Parsed parsed = mark.parsed();
            if (parsed != null) {
                statements.remove(parsed.name(), parsed);
                if (!mark.hidden()) {
                    session.onNotParsed(parsed);
                }
            }
        }
        segment.marks.clear();
    }

    private final class Events implements Leg.Events {
        @Override
        public void onRead(ByteBuf bytes) {
            toClient.onBytes(bytes);
        }

        @Override
        public void onReadComplete() {
            session.onAnswersRead();
        }

        @Override
        public void onWritability() {
            session.onWritability();
        }

        @Override
        public void onEnd() {
            end();
        }

        @Override
        public void onFailure(Throwable cause) {
            session.onNodeFailure(NodeSession.this, cause);
        }

        @Override
        public void onClosed() {
            end();
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            if (leads) {
                toClient.onEnd();
            } else {
                toClient.stop();
            }
            List<Segment> unanswered = takeUnanswered();
            Sockets.close(channel());
            for (Segment segment : unanswered) {
                if (segment.errand != null) {
                    segment.errand.onEnd(GONE);
                }
            }
            unanswered.removeIf(segment -> !segment.isClients());
            session.onNodeEnded(this, unanswered);
        }
    }
}
