package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.pgweir.net.Sockets;
import io.pgweir.proxy.relay.Leg;
import io.pgweir.proxy.relay.Relay;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import java.util.List;
import java.util.Map;

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

    private final Unanswered unanswered = new Unanswered();
    private final NodeStatements statements;
    private final SilenceWatch watch;

    /** Version of the settings that it has. */
    int settings;

    private boolean ended;

    NodeSession(SplitSession session, NodeConnection connection, boolean leads) {
        this.session = session;
        this.connection = connection;
        this.leads = leads;
        this.statements = new NodeStatements(session, this);
        this.watch = new SilenceWatch(session, this, unanswered);
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

    /** What it was asked and has not answered. */
    Unanswered unanswered() {
        return unanswered;
    }

    /** What it knows of the client's prepared statements. */
    NodeStatements statements() {
        return statements;
    }

    /** Whether everything is answered. */
    boolean isQuiet() {
        return unanswered.isEmpty();
    }

    boolean isAnsweringClient() {
        return unanswered.isClients();
    }

    /** Whether the client has begun a batch, and not ended it. */
    boolean isOpen() {
        return unanswered.open() != null;
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
        unanswered.add(segment);
        return segment;
    }

    /** What a message of the extended protocol belongs to. */
    Segment segment(Route route, boolean keeps) {
        Segment now = unanswered.open();
        if (now == null) {
            now = new Segment(null, route, keeps);
            now.extended = true;
            now.open = true;
            unanswered.add(now);
        }
        return now;
    }

    /** The client's Sync. */
    void sync(Route route) {
        unanswered.end(segment(route, false));
    }

    /** A Sync of pgweir's own: the rest of what the client asks up to its own goes elsewhere. */
    void cut() {
        Segment ending = unanswered.open();
        if (ending != null) {
            ending.silent = true;
            unanswered.end(ending);
            write(MessageWriter.bodyless(channel().alloc(), MessageType.Frontend.SYNC));
            channel().flush();
        }
    }

    /** Whether something of the batch that is open has been run here. */
    boolean hasRun() {
        Segment open = unanswered.open();
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

    /** The client has ended what it copies. */
    void onCopyEnd() {
        Segment first = unanswered.first();
        if (answers.isCopying() && first != null) {
            unanswered.onCopyEnd(first);
            answers.onCopyEnd();
        }
    }

    /** Where nothing of the client's is open. */
    void run(ByteBuf message, Errand errand) {
        Segment segment = new Segment(errand, route("own", 0), false);
        unanswered.add(segment);
        statements.onOwn();
        write(message);
        channel().flush();
        watch.onAsked(segment);
    }

    /** What was asked first is answered. */
    void onAnswered() {
        unanswered.poll();
        watch.onAnswered();
    }

    /** One after the other, as far as they go well. */
    void run(List<String> statements, Errand errand) {
        if (statements.isEmpty()) {
            errand.onEnd("");
            return;
        }
        String sql = statements.getFirst();
        if (sql.equals(SessionSettings.DISCARD_ALL)) {
            this.statements.forgetAll();
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
        if (statements.lack(before.names)) {
            statements.prepareAll(before.names);
        }
        Segment segment = new Segment(null, route(reason, before.route.retries() + 1), true);
        segment.names.addAll(before.names);
        segment.swallow = before.passed + before.swallow;
        segment.silent = before.silent;
        segment.extended = before.extended;
        segment.done.addAll(before.done);
        segment.open = before.open;
        unanswered.add(segment);
        for (Segment.Kept kept : messages) {
            ByteBuf missing = statements.prepare(segment, kept.uses(), kept.parses());
            if (missing != null) {
                write(missing);
            }
            if (kept.parses() != null) {
                statements.learn(segment, kept.parses());
            }
            segment.keep(kept.message(), kept.parses(), kept.uses());
            write(channel().alloc().buffer(kept.message().length).writeBytes(kept.message()));
        }
        channel().flush();
    }

    void close() {
        if (!ended) {
            Sockets.close(channel());
        }
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
            Segment under = unanswered.first();
            boolean passes = session.passesTorn(this) && !toClient.isParked();
            if (passes && (under == null || under.isClients())) {
                toClient.onEnd();
            } else {
                toClient.stop();
            }
            List<Segment> left = unanswered.take();
            Sockets.close(channel());
            for (Segment segment : left) {
                if (segment.errand != null) {
                    segment.errand.onGone(segment.failed ? segment.tag : GONE);
                }
            }
            left.removeIf(segment -> !segment.isClients());
            session.onNodeEnded(this, left);
        }
    }
}
