package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.pgweir.proxy.relay.Leg;
import io.pgweir.proxy.relay.Relay;
import io.pgweir.proxy.relay.Sockets;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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

    /** Statement and portal of pgweir's own, for as long as it takes. */
    private static final String BATCH = "pgweir batch";

    /** BindComplete and CommandComplete. */
    private static final int BATCH_ANSWERS = 2;

    private static final byte[] TERMINATE = {MessageType.Frontend.TERMINATE, 0, 0, 0, 4};

    private final SplitSession session;
    final NodeConnection connection;

    /** Whether it is where writes go. */
    final boolean leads;

    private final Leg leg = new Leg(new Events());
    private final Answers answers;
    private final Relay toClient;

    /** What was asked and is not answered, in order. */
    final ArrayDeque<Segment> segments = new ArrayDeque<>(4);

    /** The client's statements that it knows. */
    private final Map<String, Parsed> statements = new HashMap<>(4);

    /** Not ended by a Sync yet: the last of {@link #segments}; null where there is none. */
    private @Nullable Segment open;

    /** Version of the settings that it has. */
    int settings;

    private boolean ended;

    /** A timer looks whether it answers. */
    private boolean watched;

    /** When something was answered last, while it is watched. */
    private long answeredNanos;

    NodeSession(SplitSession session, NodeConnection connection, boolean leads) {
        this.session = session;
        this.connection = connection;
        this.leads = leads;
        this.answers = new Answers(session, this);
        this.toClient = new Relay(
                new Wall(answers, session.mishaps()::onFault),
                connection.channel().alloc(),
                session.voice()::say);
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
        return answers.isReady() && !ended;
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

    /** Whether one answer to the client is all there is. */
    boolean isAnsweringOne() {
        return segments.size() == 1 && segments.getFirst().isClients();
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
            now.open = true;
            open = now;
        }
        return now;
    }

    /** The client's Sync. */
    void sync(Route route) {
        endBatch(segment(route, false));
    }

    private void endBatch(Segment ending) {
        ending.keep(new byte[] {MessageType.Frontend.SYNC, 0, 0, 0, 4}, null, null);
        ending.open = false;
        open = null;
    }

    /** A Sync of pgweir's own: the rest of what the client asks up to its own goes elsewhere. */
    void cut() {
        Segment ending = open;
        if (ending != null) {
            ending.silent = true;
            endBatch(ending);
            write(MessageWriter.bodyless(channel().alloc(), MessageType.Frontend.SYNC));
            channel().flush();
        }
    }

    /** Whether something of the batch that is open has been run here. */
    boolean hasRun() {
        return open != null && !open.done.isEmpty();
    }

    /**
     * A batch that has run something elsewhere goes on here. A server takes what it runs first for no part of one, and takes or refuses some
     * commands for that.
     *
     * @param begins nothing of which has been said
     */
    void continueBatch(Segment begins) {
        begins.marks.add(new Segment.Mark(true, null));
        begins.marks.add(new Segment.Mark(true, null));
        begins.swallow = BATCH_ANSWERS;
        write(MessageWriter.parse(channel().alloc(), BATCH, "SELECT WHERE false"));
        write(MessageWriter.bind(channel().alloc(), BATCH, BATCH));
        write(MessageWriter.execute(channel().alloc(), BATCH));
        write(MessageWriter.closeStatement(channel().alloc(), BATCH));
    }

    /** Whether the client has prepared something that this node has not heard of. */
    boolean lacks(Collection<Parsed> prepared) {
        for (Parsed each : prepared) {
            if (isLacking(each)) {
                return true;
            }
        }
        return false;
    }

    private boolean isLacking(Parsed each) {
        return !each.name().isEmpty() && each.isKept() && !statements.containsKey(each.name());
    }

    /** Makes what it lacks of that; where nothing of the client's is open. */
    void prepareAll(Collection<Parsed> prepared) {
        ByteBuf said = channel().alloc().buffer();
        List<Parsed> made = new ArrayList<>();
        for (Parsed each : prepared) {
            if (isLacking(each)) {
                ByteBuf parse = each.again(channel().alloc());
                said.writeBytes(parse);
                parse.release();
                statements.put(each.name(), each);
                made.add(each);
            }
        }
        ByteBuf sync = MessageWriter.bodyless(channel().alloc(), MessageType.Frontend.SYNC);
        said.writeBytes(sync);
        sync.release();
        run(said, fault -> {
            if (!fault.isEmpty()) {
                made.forEach(each -> statements.remove(each.name(), each));
            }
        });
    }

    /**
     * Whether a Sync would do nothing at this point of the batch but be answered, as the client is within a transaction block.
     *
     * @param status of the last ReadyForQuery
     * @return null where that is not known yet
     */
    @Nullable
    Boolean isOpenInBlock(byte status) {
        Segment batch = Objects.requireNonNull(open);
        for (Segment.Done done : batch.done.reversed()) {
            StatementKind kind = done.statement() == null
                    ? StatementKind.OTHER
                    : done.statement().kind();
            switch (kind) {
                case BEGIN -> {
                    return true;
                }
                case COMMIT, ROLLBACK, PREPARE_TRANSACTION -> {
                    return false;
                }
                default -> {}
            }
        }
        return segments.peek() == batch ? Boolean.valueOf(status != 'I') : null;
    }

    /** The client has ended what it copies: whatever Syncs it had sent ahead of that the server has overlooked. */
    void onCopyEnd() {
        Segment first = segments.peek();
        if (answers.isCopying() && first != null) {
            segments.clear();
            segments.add(first);
            first.open = first.extended;
            open = first.extended ? first : null;
            answers.onCopyEnd();
        }
    }

    /** Where nothing of the client's is open. */
    void run(ByteBuf message, Errand errand) {
        Segment segment = new Segment(errand, route("own", 0), false);
        segment.askedNanos = nanos();
        segments.add(segment);
        write(message);
        channel().flush();
        watch(TimeUnit.MILLISECONDS.toNanos(session.silenceMillisMax()));
    }

    /** A node for reads that leaves a question of ours without an answer is left: no timer where there is no question. */
    @SuppressWarnings("FutureReturnValueIgnored") // Whatever comes of it, nobody waits.
    private void watch(long nanos) {
        if (!leads && !watched) {
            watched = true;
            channel().eventLoop().schedule(session.mishaps().walled(this::look), nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        watched = false;
        Segment first = segments.peek();
        if (first == null) {
            return;
        }
        long max = TimeUnit.MILLISECONDS.toNanos(session.silenceMillisMax());
        long rest = first.isClients() ? max : max - (nanos() - Math.max(first.askedNanos, answeredNanos));
        if (rest > 0) {
            watch(rest);
        } else {
            session.mishaps().onSilence(this, session.silenceMillisMax());
        }
    }

    private long nanos() {
        return channel().eventLoop().ticker().nanoTime();
    }

    /** What was asked first is answered. */
    void onAnswered() {
        segments.poll();
        if (watched) {
            answeredNanos = nanos();
        }
    }

    /** One after the other, as far as they go well. */
    void run(List<String> statements, Errand errand) {
        if (statements.isEmpty()) {
            errand.onEnd("");
            return;
        }
        String sql = statements.getFirst();
        if (sql.equals(SessionSettings.DISCARD_ALL)) {
            forgetAll();
        }
        run(MessageWriter.query(channel().alloc(), session.charset(), sql), fault -> {
            if (fault.isEmpty()) {
                run(statements.subList(1, statements.size()), errand);
            } else {
                errand.onEnd(fault);
            }
        });
    }

    /**
     * What the client asked another node, which has not answered, or only so far; and goes on asking here, where that is open.
     *
     * @param messages of that
     * @param reason why here
     */
    void runAgain(Segment before, List<Segment.Kept> messages, String reason) {
        Segment segment = new Segment(null, route(reason, before.route.retries() + 1), true);
        segment.swallow = before.passed + before.swallow;
        segment.silent = before.silent;
        segment.extended = before.extended;
        segment.done.addAll(before.done);
        if (before.open) {
            segment.open = true;
            open = segment;
        }
        segments.add(segment);
        for (Segment.Kept kept : messages) {
            ByteBuf missing = prepare(segment, kept.uses(), kept.parses());
            if (missing != null) {
                write(missing);
            }
            if (kept.parses() != null) {
                learn(segment, kept.parses());
            }
            segment.keep(kept.message(), kept.parses(), kept.uses());
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
        if (known != null
                && !named.name().isEmpty()
                && (uses != null || !session.statements().knows(known))) {
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

    /** It was learned, and the node has refused it. */
    void onNotParsed(Parsed parsed) {
        statements.remove(parsed.name(), parsed);
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

    /** As it is known at this moment. */
    Route route(String reason, int retries) {
        return new Route(
                connection.host(),
                connection.node().name(),
                connection.node().role().label(),
                reason,
                retries,
                answers.processId(),
                leads ? -1 : session.lagBytes(this),
                leads ? 0 : session.harvest().needed());
    }

    CancelTarget cancelTarget() {
        return new CancelTarget(connection.host(), connection.address(), answers.processId(), answers.key());
    }

    /** What it has told of its settings, as it starts and later. */
    Map<String, String> parameters() {
        return answers.parameters();
    }

    /** Whether what the client has got from it ends where a message ends. */
    boolean endedBetweenMessages() {
        return toClient.endedBetweenMessages();
    }

    /** An answer to what it asks of whoever logs in. */
    void sayProof(byte[] body) {
        write(channel()
                .alloc()
                .buffer(MessageType.HEADER_BYTES + body.length)
                .writeByte(MessageType.Frontend.AUTHENTICATION)
                .writeInt(MessageType.LENGTH_BYTES + body.length)
                .writeBytes(body));
        channel().flush();
    }

    /** What is held is looked at once more, as if it came now. */
    void showAgain() {
        if (toClient.isParked()) {
            toClient.again();
        }
    }

    /** The answer that is held goes nowhere; what is behind it goes on. */
    void goOn() {
        if (toClient.isParked()) {
            toClient.replace(channel().alloc().buffer(0, 0));
        }
    }

    void sayTerminate() {
        if (!ended) {
            write(channel().alloc().buffer(TERMINATE.length).writeBytes(TERMINATE));
        }
    }

    void terminate() {
        if (!ended) {
            sayTerminate();
            Sockets.onFlushed(channel(), Sockets::close);
        }
    }

    void abort() {
        toClient.stop();
        Sockets.abort(channel());
    }

    /** An ErrorResponse of that; whoever gets it owns it. */
    ByteBuf said(String severity, OwnSetting.Fault fault) {
        return MessageWriter.errorResponse(
                channel().alloc(),
                session.charset(),
                severity,
                fault.sqlState(),
                fault.message(),
                fault.detail(),
                fault.hint());
    }

    /** Whether what the client has got of its answers ends where a message does. */
    boolean isBetweenMessages() {
        return toClient.endedBetweenMessages();
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
            session.mishaps().onFailure(NodeSession.this, cause);
        }

        @Override
        public void onClosed() {
            end();
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            Segment under = segments.peek();
            boolean passes = session.passesTorn(this) && !toClient.isParked();
            if (passes && (under == null || under.isClients())) {
                toClient.onEnd();
            } else {
                toClient.stop();
            }
            List<Segment> unanswered = takeUnanswered();
            Sockets.close(channel());
            for (Segment segment : unanswered) {
                if (segment.errand != null) {
                    segment.errand.onGone(segment.failed ? segment.tag : GONE);
                }
            }
            unanswered.removeIf(segment -> !segment.isClients());
            session.onNodeEnded(this, unanswered);
        }
    }
}
