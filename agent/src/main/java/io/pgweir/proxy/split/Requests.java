package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.proxy.relay.Relay;
import io.pgweir.routing.split.Need;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.routing.split.Reason;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private static final int NAMES_MAX = 4096;

    private final SplitSession session;
    private final Leader leading;
    private final Relay relay;
    private final FrontendDecoder decoder = new FrontendDecoder();

    /** What portals of this batch or transaction run. */
    private final Map<String, Parsed> portals = new HashMap<>(4);

    private final PositionShow positionShow;
    private NodeSession current;
    private @Nullable Request held;
    private @Nullable ByteBuf own;

    /** Another node has run the beginning of the batch whose next message waits. */
    private boolean cutWithinBatch;

    /** A batch has failed, and its rest goes nowhere, up to its Sync. */
    private boolean skipping;

    /**
     * @param runs whether something is done, and not only prepared
     * @param leads why the leader; null where a reader may do
     * @param uses the prepared statement that it names
     * @param parses the prepared statement that it makes
     * @param done what has happened when it has succeeded
     * @param fault why no server is to have it
     * @param show whether it is about the session's position
     * @param statement that it is about; null where there is none, or not only one
     * @param names what else of what the client has prepared it cannot be understood without
     * @param guessed whether what the session has defined may make something else of it
     */
    private record Request(
            byte type,
            Need need,
            boolean runs,
            @Nullable String leads,
            @Nullable Parsed uses,
            @Nullable Parsed parses,
            List<Segment.Done> done,
            byte @Nullable [] message,
            FrontendMessage content,
            OwnSetting.@Nullable Fault fault,
            Show show,
            @Nullable SqlStatement statement,
            List<Parsed> names,
            boolean guessed) {

        /** Whether it is a request of its own, and no Sync follows. */
        boolean isAlone() {
            return content instanceof FrontendMessage.Query || type == MessageType.Frontend.FUNCTION_CALL;
        }

        boolean is(StatementKind kind) {
            return isOf(uses, kind)
                    || isOf(parses, kind)
                    || done.stream().anyMatch(each -> isOf(each.statement(), kind));
        }

        private static boolean isOf(@Nullable Parsed parsed, StatementKind kind) {
            return parsed != null && isOf(parsed.statement(), kind);
        }

        private static boolean isOf(@Nullable SqlStatement statement, StatementKind kind) {
            return statement != null && statement.kind() == kind;
        }

        Request onLeader(String why) {
            return new Request(
                    type, need, runs, why, uses, parses, done, message, content, fault, show, statement, names, false);
        }

        Request refused(OwnSetting.Fault why) {
            return new Request(
                    type, need, runs, leads, uses, null, List.of(), message, content, why, Show.NONE, statement, names,
                    false);
        }
    }

    private enum Show {
        NONE,
        ALONE,
        /** Among other statements of a query string. */
        AMONG
    }

    Requests(SplitSession session, Leader leading) {
        this.session = session;
        this.leading = leading;
        this.positionShow = new PositionShow(session, leading);
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
        Request request = request(type, content, message);
        if (leading.isUntold() && !endsLostBlock(request)) {
            return tellLoss(request);
        }
        boolean shown = (request.show() == Show.NONE || positionShow.isTold()) && !isLacking(request, current);
        boolean leads = request.leads() != null && current == leader() && leading.isThere();
        if (shown && !request.guessed() && !session.block().isEnding() && (leads || isUnderWay(request))) {
            own = register(request, current);
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

    /** Whether something that it names is to be made on that node first: on a leader not within a batch, which that would end. */
    private static boolean isLacking(Request request, NodeSession node) {
        return !request.names().isEmpty()
                && !(node.leads && node.isOpen())
                && node.statements().lack(request.names());
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

    private Request request(byte type, FrontendMessage content, byte @Nullable [] message) {
        List<Segment.Done> done = new ArrayList<>(1);
        Parsed uses = null;
        Parsed parses = null;
        Need need = Need.READ;
        boolean runs = true;
        OwnSetting.Fault fault = null;
        Parsed meant = null;
        List<Parsed> names = NO_NAMES;
        switch (content) {
            case FrontendMessage.Query(String sql) -> {
                need = session.statements().needOf(sql, done);
                fault = fault(done);
                names = names(done);
            }
            case FrontendMessage.Parse(String name, String sql, int[] types) -> {
                List<Segment.Done> parts = new ArrayList<>(1);
                need = session.statements().needOf(sql, parts);
                SqlStatement statement =
                        parts.isEmpty() ? null : parts.getFirst().statement();
                fault = fault(parts);
                names = names(parts);
                Parsed taken = name.isEmpty() ? null : session.statements().prepared(name);
                if (taken != null) {
                    // The server is to refuse it, by what it knows.
                    need = TAKEN;
                    names = List.of(taken);
                } else {
                    parses = fault == null ? new Parsed(name, statement, message) : null;
                }
                meant = parses;
                runs = false;
            }
            case FrontendMessage.Bind bind -> {
                String name = bind.body().statement();
                uses = session.statements().prepared(name);
                need = outlivesBatch(bind.body().portal()) ? PORTAL : needOf(uses);
                meant = uses;
                names = names(uses, need);
                Parsed bound = uses;
                if (bound == null || portals.size() >= NAMES_MAX) {
                    portals.remove(bind.body().portal());
                } else {
                    portals.put(bind.body().portal(), bound);
                }
                runs = false;
            }
            case FrontendMessage.Describe(FrontendMessage.Target target, String name) -> {
                boolean prepared = target == FrontendMessage.Target.STATEMENT;
                meant = prepared ? session.statements().prepared(name) : portals.get(name);
                uses = prepared ? meant : null;
                need = needOf(meant);
                names = names(uses, need);
                runs = false;
            }
            case FrontendMessage.Execute(String portal, int rows) -> {
                Parsed bound = portals.get(portal);
                need = needOf(bound);
                meant = bound;
                done.add(new Segment.Done(need, bound == null ? null : bound.statement()));
            }
            case FrontendMessage.Close ignored -> {
                boolean away = current != leader()
                        && (current.isOpen() || session.block().node() == current);
                need = away ? Need.READ : UNKNOWN;
                runs = false;
            }
            default -> {
                need = UNKNOWN;
                done.add(new Segment.Done(need, null));
            }
        }
        if (message == null) {
            need = tooLong(need, done);
        }
        SqlStatement statement = alone(meant, done);
        String leads = session.destinations().whyLeader(need, statement);
        Show show = fault == null ? show(meant, done) : Show.NONE;
        boolean guessed = session.destinations().isGuessed(need, leads);
        return new Request(
                type, need, runs, leads, uses, parses, done, message, content, fault, show, statement, names, guessed);
    }

    private static Need tooLong(Need need, List<Segment.Done> parts) {
        Need longer = ClientStatements.tooLong(need, null);
        for (Segment.Done part : parts) {
            longer = ClientStatements.tooLong(longer, part.statement());
        }
        return longer;
    }

    private List<Parsed> names(List<Segment.Done> parts) {
        List<Parsed> names = NO_NAMES;
        for (Segment.Done part : parts) {
            names = named(part.statement(), part.need(), names);
        }
        return names;
    }

    /** What a statement names that is prepared itself. */
    private List<Parsed> names(@Nullable Parsed prepared, Need need) {
        if (prepared == null) {
            return NO_NAMES;
        }
        return prepared.definition() == null ? named(prepared.statement(), need, NO_NAMES) : List.of(prepared);
    }

    private List<Parsed> named(@Nullable SqlStatement statement, Need need, List<Parsed> before) {
        if (statement == null || !session.statements().namesPrepared(statement, need)) {
            return before;
        }
        List<Parsed> names = new ArrayList<>(before);
        session.statements().addNamed(statement, names);
        return names;
    }

    /** Whether it may be left open in a block that is on a standby: a block with one cannot move. */
    private boolean outlivesBatch(String portal) {
        return !portal.isEmpty() && session.block().node() != null;
    }

    private static @Nullable SqlStatement alone(@Nullable Parsed prepared, List<Segment.Done> parts) {
        if (prepared != null) {
            return prepared.statement();
        }
        return parts.size() == 1 ? parts.getFirst().statement() : null;
    }

    /** @param prepared that it is about; null where it brings its own text */
    private static Show show(@Nullable Parsed prepared, List<Segment.Done> parts) {
        if (prepared != null) {
            return shows(prepared.statement()) ? Show.ALONE : Show.NONE;
        }
        for (Segment.Done part : parts) {
            if (shows(part.statement())) {
                return parts.size() == 1 ? Show.ALONE : Show.AMONG;
            }
        }
        return Show.NONE;
    }

    private static boolean shows(@Nullable SqlStatement statement) {
        return statement != null && statement.command().equals("SHOW") && OwnSetting.isShown(statement, OwnSetting.LSN);
    }

    /** Of settings that pgweir reads, which a server would take as they are. */
    private OwnSetting.@Nullable Fault fault(List<Segment.Done> parts) {
        for (Segment.Done part : parts) {
            SqlStatement statement = part.statement();
            if (statement != null && part.need().reason().equals(Reason.SETTING) && !session.isFailed()) {
                for (OwnSetting setting : OwnSetting.of(statement)) {
                    OwnSetting.Fault fault = setting.fault();
                    if (fault != null) {
                        return fault;
                    }
                }
            }
        }
        return null;
    }

    /** As the catalog has it by now. */
    private Need needOf(@Nullable Parsed parsed) {
        if (parsed == null) {
            return UNKNOWN;
        }
        return session.statements().needOf(parsed);
    }

    private static final Need UNKNOWN = new Need(Need.Where.LEADER, Need.Effect.NONE, Reason.UNKNOWN_STATEMENT);
    private static final Need PORTAL = new Need(Need.Where.LEADER, Need.Effect.NONE, Reason.CURSOR);
    private static final Need TAKEN = new Need(Need.Where.LEADER, Need.Effect.NONE, Reason.PREPARED_STATEMENT);
    private static final List<Parsed> NO_NAMES = List.of();

    /** It goes there: what has to be said before it; null for nothing. */
    private @Nullable ByteBuf register(Request request, NodeSession node) {
        String reason = node == leader() || request.leads() != null
                ? Objects.requireNonNullElse(request.leads(), request.need().reason())
                : session.block().reason(request.statement(), request.need());
        Segment segment =
                request.isAlone() ? node.ask(node.route(reason, 0), true) : node.segment(node.route(reason, 0), true);
        ByteBuf first = node.statements().prepare(segment, request.uses(), request.parses());
        if (request.show() == Show.NONE || request.content() instanceof FrontendMessage.Query) {
            positionShow.onOther();
        }
        segment.names.addAll(request.names());
        segment.keep(request.fault() == null ? request.message() : null, request.parses(), request.uses());
        Parsed parses = request.parses();
        if (parses != null) {
            session.statements().onParse(parses);
            node.statements().learn(segment, parses);
        } else if (request.content() instanceof FrontendMessage.Close(FrontendMessage.Target target, String name)) {
            if (target == FrontendMessage.Target.STATEMENT) {
                node.statements().forget(segment, name);
                session.ties().onClosed(name, node);
            } else {
                portals.remove(name);
                segment.marks.add(new Segment.Mark(false, null));
            }
        }
        if (request.fault() == null) {
            segment.done.addAll(request.done());
        } else {
            segment.fault = request.fault();
        }
        if (request.runs() && node == leader()) {
            session.statements().onAsked(request.done());
            session.destinations().onLeaderAsked(request.need(), reason);
        } else if (request.runs()) {
            session.destinations().onReaderAsked(reason);
            session.block().onAsked(node, request.done());
        }
        if (request.need().where() == Need.Where.ANY && !(request.content() instanceof FrontendMessage.Close)) {
            session.block().onQuery(node);
        }
        return first;
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
        cutWithinBatch |= reader.hasRun();
        reader.cut();
        if (reader.isQuiet()) {
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
            held = request(request.type(), request.content(), request.message());
            return true;
        }
        NodeSession to = leader();
        NodeSession block = session.block().node();
        if (block == null && request.leads() != null && !leading.isThere()) {
            return false;
        }
        if (block != null) {
            boolean bound = request.content() instanceof FrontendMessage.Execute;
            if (!session.block().takes(request.leads() == null, bound)) {
                return false;
            }
            to = block;
        } else if (request.leads() == null) {
            StringBuilder refused = new StringBuilder();
            String why = session.destinations().whyLeader(request.need(), request.statement());
            NodeSession reader = why == null ? session.destinations().readerNow(refused) : null;
            if (reader != null && session.block().begins(request.statement()) != null) {
                Boolean committed = session.block().isReadCommitted(reader);
                if (committed == null) {
                    return false;
                }
                why = committed ? null : request.need().reason();
            }
            if (why != null || !refused.isEmpty()) {
                held = request.onLeader(why == null ? refused.toString() : why);
                return true;
            }
            if (reader == null) {
                return false;
            }
            to = reader;
        }
        if (to != current) {
            if (current != leader()) {
                cutWithinBatch |= current.hasRun();
                current.cut();
                if (!current.isQuiet()) {
                    return false;
                }
                if (skipping) {
                    return true;
                }
            }
            go(to);
        }
        if (to != leader() && isLacking(request, to)) {
            return prepares(request, to);
        }
        if (request.show() != Show.NONE) {
            switch (positionShow.step(request.show() == Show.ALONE)) {
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
            if (isLacking(request, to)) {
                to.statements().prepareAll(request.names());
            }
            if (cutWithinBatch && !request.isAlone()) {
                to.continueBatch(to.segment(to.route(request.need().reason(), 0), true));
            }
            cutWithinBatch = false;
        }
        held = null;
        ByteBuf first = register(request, to);
        if (first != null) {
            to.write(first);
        }
        if (request.fault() == null) {
            relay.release();
        } else {
            relay.replace(refused(request.type()));
        }
        return true;
    }
}
