package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.proxy.relay.Relay;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.routing.split.Reason;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import org.jspecify.annotations.Nullable;

/**
 * What a client of a split session asks, message by message, and which node each goes to. A message that has to wait (for a node,
 * for its answers, for its being fresh enough) is held, and all behind it.
 *
 * <p>Within a batch (what is asked up to a Sync) the leader is never left. A reader is left for the leader by a Sync of pgweir's
 * own, whose answer the client does not hear of; where the batch had failed by then, the rest is skipped, as the server would.
 *
 * <p>Thread: the session's event loop.
 */
final class Requests implements Lane {
    private final SplitSession session;
    private final Leader leading;
    private final Relay relay;
    private final FrontendDecoder decoder = new FrontendDecoder();

    private final RequestReader messages;
    private final PositionShow positionShow;
    private final Dispatch dispatch;
    private NodeSession current;
    private @Nullable Request held;
    private @Nullable ByteBuf own;

    /** Another node has run the beginning of the batch whose next message waits. */
    private boolean cutWithinBatch;

    /** A batch has failed, and its rest goes nowhere, up to its Sync. */
    private boolean skipping;

    Requests(SplitSession session, Leader leading) {
        this.session = session;
        this.leading = leading;
        this.messages = new RequestReader(session, leading);
        this.positionShow = new PositionShow(session, leading);
        this.dispatch = new Dispatch(session, leading, messages, positionShow);
        NodeSession leader = leading.node();
        this.current = leader;
        this.relay = new Relay(
                new Wall(this, session.mishaps()::onFault), leader.channel().alloc(), leader::write);
    }

    private NodeSession leader() {
        return leading.node();
    }

    void onBytes(ByteBuf bytes) {
        relay.onBytes(bytes);
    }

    void onEnd() {
        if (!relay.isParked()) {
            relay.onEnd();
        }
    }

    void stop() {
        relay.stop();
    }

    boolean isHeld() {
        return relay.isParked();
    }

    /** The batch that was cut short had failed. */
    void skip() {
        skipping = true;
    }

    /** That node is gone. */
    void leave(NodeSession node) {
        if (current == node) {
            go(leader());
        }
    }

    /** Another one leads. */
    void onLeader(NodeSession before, NodeSession now) {
        positionShow.onOther();
        if (current == before) {
            go(now);
        }
    }

    private void go(NodeSession node) {
        current = node;
        relay.toward(node::write);
        session.onTarget(node);
    }

    @Override
    public int look(byte type, int length) {
        int bodyLength = length - MessageType.LENGTH_BYTES;
        if (isGarbage(type, bodyLength)) {
            return current != leader() ? 0 : bodyLength < 0 ? LAST_HEADER : STREAM;
        }
        if (type == MessageType.Frontend.COPY_DATA) {
            return STREAM;
        }
        if (isNotNow(type)) {
            return WAIT;
        }
        return Math.min(bodyLength, NodeSession.LOOK_BYTES);
    }

    private static boolean isGarbage(byte type, int bodyLength) {
        return bodyLength < 0
                || !MessageType.frontendKnown(type)
                || bodyLength > MessageType.frontendBodyBytesMax(type);
    }

    /** The leader judges what is no message, as it would have alone: by its header. */
    private Disposition toLeader(ByteBuf buffer, int bodyAt) {
        current.cut();
        leader().write(leader().channel()
                .alloc()
                .buffer(MessageType.HEADER_BYTES)
                .writeBytes(buffer, bodyAt - MessageType.HEADER_BYTES, MessageType.HEADER_BYTES));
        leader().channel().flush();
        return Disposition.STOP;
    }

    /** Whether a message waits before anybody looks at it. */
    private boolean isNotNow(byte type) {
        return switch (type) {
            case MessageType.Frontend.AUTHENTICATION,
                    MessageType.Frontend.TERMINATE,
                    MessageType.Frontend.COPY_DONE,
                    MessageType.Frontend.COPY_FAIL -> false;
            case MessageType.Frontend.SYNC, MessageType.Frontend.FLUSH ->
                session.destinations().isUnsettled() || (!skipping && current == leader() && !leading.isThere());
            default -> session.destinations().isUnsettled() || (!skipping && !current.isOpen() && session.isPaused());
        };
    }

    @Override
    public void onLast(byte type, int length) {}

    @Override
    public @Nullable ByteBuf takeOwn() {
        ByteBuf said = own;
        own = null;
        return said;
    }

    @Override
    public void onStream(byte type, int bodyLength) {}

    @Override
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {}

    @Override
    public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
        if (isGarbage(type, bodyLength)) {
            return toLeader(buffer, bodyAt);
        }
        decoder.charset(session.charset());
        return onRequest(type, decoder.decodeHead(type, buffer, bodyAt, headLength, bodyLength), null);
    }

    @Override
    public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (isGarbage(type, bodyLength)) {
            return toLeader(buffer, bodyAt);
        }
        return switch (type) {
            case MessageType.Frontend.AUTHENTICATION -> {
                byte[] body = new byte[bodyLength];
                buffer.getBytes(bodyAt, body);
                session.onClientAnswer(body);
                yield Disposition.FORWARD;
            }
            case MessageType.Frontend.TERMINATE -> {
                session.departures().onTerminate();
                yield Disposition.STOP;
            }
            case MessageType.Frontend.SYNC -> onSync();
            case MessageType.Frontend.FLUSH -> skipping ? Disposition.DROP : Disposition.FORWARD;
            case MessageType.Frontend.COPY_DONE, MessageType.Frontend.COPY_FAIL -> {
                current.onCopyEnd();
                yield Disposition.FORWARD;
            }
            default -> {
                decoder.charset(session.charset());
                byte[] message = new byte[MessageType.HEADER_BYTES + bodyLength];
                buffer.getBytes(bodyAt - MessageType.HEADER_BYTES, message);
                yield onRequest(type, decoder.decode(type, buffer, bodyAt, bodyLength), message);
            }
        };
    }

    private Disposition onSync() {
        if (skipping) {
            skipping = false;
            session.sayReady();
            session.onAnswersRead();
            return Disposition.DROP;
        }
        positionShow.onOther();
        cutWithinBatch = false;
        current.sync(current.route("sync", 0));
        return Disposition.FORWARD;
    }

    /** @param message null where it is too long to be kept */
    private Disposition onRequest(byte type, FrontendMessage content, byte @Nullable [] message) {
        if (skipping) {
            return Disposition.DROP;
        }
        Request request = messages.read(type, content, message, current);
        if (leading.isUntold() && !endsLostBlock(request)) {
            return tellLoss(request);
        }
        boolean shown = (request.show() == Request.Show.NONE || positionShow.isTold()) && !request.isLackingOn(current);
        boolean leads = request.leads() != null && current == leader() && leading.isThere();
        if (shown && !request.guessed() && !session.block().isEnding() && (leads || isUnderWay(request))) {
            own = dispatch.send(request, current);
            return request.fault() == null ? Disposition.FORWARD : new Disposition.Replace(refused(type));
        }
        held = request;
        return Disposition.HOLD;
    }

    /** Whether the client rolls back a transaction that it has not heard the loss of: then it need not. */
    private boolean endsLostBlock(Request request) {
        boolean ends = request.is(StatementKind.ROLLBACK);
        if (ends) {
            leading.onTold();
        }
        return ends;
    }

    private Disposition tellLoss(Request request) {
        leading.onTold();
        session.voice().note(leader().route("leader-lost", 0));
        session.voice().say(Leader.UNDONE);
        if (request.is(StatementKind.COMMIT) || request.is(StatementKind.PREPARE_TRANSACTION)) {
            session.onStatus((byte) 'I');
            leading.leaveBlock();
        }
        if (request.isAlone()) {
            session.sayReady();
        } else {
            session.skip();
        }
        return Disposition.DROP;
    }

    /** Whether it goes where what is before it in its batch has gone. */
    private boolean isUnderWay(Request request) {
        return request.leads() == null && current != leader() && current.isOpen();
    }

    /** What the server is to refuse, so that its session is as behind any error; docs/adr/0005. */
    private ByteBuf refused(byte type) {
        return type == MessageType.Frontend.QUERY
                ? MessageWriter.query(leader().channel().alloc(), Segment.REFUSED)
                : MessageWriter.parse(leader().channel().alloc(), Segment.REFUSED, Segment.REFUSED);
    }

    /** What is held goes on as far as it can. */
    void settle() {
        if (relay.isParked() && held == null && !isNotNow(relay.parkedType())) {
            relay.again();
        }
        for (Request request = held; request != null && relay.isParked(); request = held) {
            if (!goes(request)) {
                break;
            }
        }
        // Also where something waits: perhaps for the answer to what was written before it.
        current.channel().flush();
    }

    /** A reader makes what the request names, ahead of it; or the leader gets it. */
    private boolean prepares(Request request, NodeSession reader) {
        if (reader.statements().mayNotMake(request.names())) {
            held = request.onLeader(Reason.PREPARED_STATEMENT);
            return true;
        }
        if (endsHere()) {
            reader.statements().prepareAll(request.names());
        }
        return false;
    }

    private boolean goes(Request request) {
        if (skipping) {
            held = null;
            relay.replace(leader().channel().alloc().buffer(0, 0));
            return true;
        }
        if (leading.isOwing() || (request.guessed() && !session.destinations().knowsBetter())) {
            return false;
        }
        if (request.guessed()) {
            held = messages.read(request.type(), request.content(), request.message(), current);
            return true;
        }
        return switch (session.destinations().of(request)) {
            case Destinations.Choice.Waits _ -> false;
            case Destinations.Choice.Instead(Request other) -> {
                held = other;
                yield true;
            }
            case Destinations.Choice.Node(NodeSession to) -> goes(request, to);
        };
    }

    private boolean goes(Request request, NodeSession to) {
        if (to != current) {
            boolean away = current != leader();
            if (away && !endsHere()) {
                return false;
            }
            if (away && skipping) {
                return true;
            }
            go(to);
        }
        if (to != leader() && request.isLackingOn(to)) {
            return prepares(request, to);
        }
        if (request.show() != Request.Show.NONE) {
            switch (positionShow.step(request.show() == Request.Show.ALONE)) {
                case PositionShow.Step.Go _ -> {}
                case PositionShow.Step.Wait _ -> {
                    return false;
                }
                case PositionShow.Step.Refuse(OwnSetting.Fault why) -> {
                    held = request.refused(why);
                    return true;
                }
            }
        }
        if (to == leader()) {
            continueBatch(request, to);
        }
        send(request, to);
        return true;
    }

    /** A reader is left: whether it owes nothing any more, after a Sync of our own if need be. */
    private boolean endsHere() {
        cutWithinBatch |= current.hasRun();
        current.cut();
        return current.isQuiet();
    }

    private void continueBatch(Request request, NodeSession leader) {
        if (request.isLackingOn(leader)) {
            leader.statements().prepareAll(request.names());
        }
        if (cutWithinBatch && !request.isAlone()) {
            leader.continueBatch(leader.segment(leader.route(request.need().reason(), 0), true));
        }
        cutWithinBatch = false;
    }

    private void send(Request request, NodeSession to) {
        held = null;
        ByteBuf first = dispatch.send(request, to);
        if (first != null) {
            to.write(first);
        }
        if (request.fault() == null) {
            relay.release();
        } else {
            relay.replace(refused(request.type()));
        }
    }
}
