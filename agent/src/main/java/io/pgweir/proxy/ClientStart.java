package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgweir.audit.ClientFacts;
import io.pgweir.audit.EndFacts;
import io.pgweir.audit.SessionAuditor;
import io.pgweir.net.Sockets;
import io.pgweir.proxy.judge.SessionRules;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.proxy.judge.Who;
import io.pgweir.proxy.split.Judge;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.ProtocolException;
import io.pgweir.wire.StartupDecoder;
import io.pgweir.wire.StartupPacket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's first words: what PostgreSQL's ProcessSSLStartup and ProcessStartupPacket do, in the same order.
 *
 * <pre>
 *                 0x16: TLS at once, ALPN mandatory
 *  ACCEPTED -----------------------------------+
 *     |  SSLRequest: 'S', then TLS             |
 *     +--------------------------------> HANDSHAKING
 *     |  SSLRequest: 'N'; GSSENCRequest: 'N'   |
 *     |  (each once)                           |
 *     v                                        v
 *  ACCEPTED                                  SECURED  (SSLRequest: 'N' in TLS at once, else 0A000)
 *     |  StartupMessage                        |
 *     +---------------------> ASKED <----------+      an {@link Arrival}, until there is a server
 *     |                          |
 *     |  CancelRequest           +--> a {@link ProxySession} takes over
 *     +--> CANCELLING            +--> FATAL
 * </pre>
 *
 * A connection that says nothing opens nothing. Bad lengths and time running out close without a word, as PostgreSQL does.
 * Long, as it is one state machine from the first byte to a session.
 *
 * <p>Thread: the channel's event loop.
 */
final class ClientStart extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ClientStart.class);
    private static final byte TLS_HANDSHAKE = 0x16;

    private final Listening listening;
    private Stage stage = Stage.ACCEPTED;
    private boolean sslAnswered;
    private boolean gssAnswered;
    private boolean directTls;
    private boolean spoken;

    /** What came and was not understood yet: less than one packet, and the read behind it. */
    private ByteBuf pending = Unpooled.EMPTY_BUFFER;

    private @Nullable SessionAuditor auditor;
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable Arrival arrival;
    private Peer peer;
    private Judge judge = Judge.LEADER;
    private boolean unproxied;
    private boolean clientEnded;
    private boolean over;

    private enum Stage {
        ACCEPTED,
        HANDSHAKING,
        SECURED,
        ASKED,
        CANCELLING,
        CLOSING
    }

    /** @param peer at the other end of the socket */
    ClientStart(Listening listening, Peer peer) {
        this.listening = listening;
        this.peer = peer;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline = context.executor()
                .schedule(
                        () -> close(context, EndCause.STARTUP_TIMEOUT),
                        listening.context().limits().startupTimeout().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (stage == Stage.CLOSING || stage == Stage.CANCELLING || stage == Stage.HANDSHAKING) {
            in.release();
            return;
        }
        pending = pending.isReadable() ? append(context, in) : take(in);
        if (stage == Stage.ASKED) {
            context.channel().config().setAutoRead(false);
        } else {
            read(context);
        }
    }

    private ByteBuf take(ByteBuf in) {
        pending.release();
        return in;
    }

    private ByteBuf append(ChannelHandlerContext context, ByteBuf in) {
        try {
            return context.alloc()
                    .buffer(pending.readableBytes() + in.readableBytes())
                    .writeBytes(pending)
                    .writeBytes(in);
        } finally {
            pending.release();
            in.release();
        }
    }

    /** One packet; what lies behind it is looked at by whatever the packet leads to. */
    private void read(ChannelHandlerContext context) {
        int at = pending.readerIndex();
        if (!spoken) {
            spoken = true;
            if (pending.getByte(at) == TLS_HANDSHAKE) {
                directTls = true;
                secure(context);
                return;
            }
        }
        if (pending.readableBytes() < Integer.BYTES) {
            return;
        }
        int length = pending.getInt(at);
        try {
            StartupDecoder.checkLength(length);
            if (pending.readableBytes() < length) {
                return;
            }
            on(context, StartupDecoder.decode(pending, at, length), length);
        } catch (ProtocolException fault) {
            onFault(context, length, fault);
        }
    }

    private void on(ChannelHandlerContext context, StartupPacket packet, int length) {
        switch (packet) {
            case StartupPacket.SslRequest() -> onSslRequest(context, length);
            case StartupPacket.GssEncRequest() -> onGssEncRequest(context, length);
            case StartupPacket.CancelRequest cancel -> onCancel(context, cancel);
            case StartupPacket.Startup startup -> onStartup(context, startup, length);
        }
    }

    private void onSslRequest(ChannelHandlerContext context, int length) {
        if (sslAnswered) {
            refuse(context, Refusal.unsupportedProtocol(StartupPacket.SSL_REQUEST_CODE));
            return;
        }
        sslAnswered = true;
        skip(length);
        boolean accepted = stage == Stage.ACCEPTED && listening.tls().isOffered();
        answer(context, accepted ? 'S' : 'N');
        // PostgreSQL 17 takes a ClientHello that did not wait for the answer.
        boolean early = accepted && pending.isReadable() && pending.getByte(pending.readerIndex()) == TLS_HANDSHAKE;
        if (pending.isReadable() && !early) {
            refuse(context, Refusal.unencryptedData("SSL"));
        } else if (accepted) {
            gssAnswered = true;
            secure(context);
        }
    }

    private void onGssEncRequest(ChannelHandlerContext context, int length) {
        if (gssAnswered) {
            refuse(context, Refusal.unsupportedProtocol(StartupPacket.GSSENC_REQUEST_CODE));
            return;
        }
        gssAnswered = true;
        skip(length);
        answer(context, 'N');
        if (pending.isReadable()) {
            refuse(context, Refusal.unencryptedData("GSSAPI encryption"));
        }
    }

    /** A client that thinks about its next packet holds no buffer. */
    private void skip(int length) {
        pending.skipBytes(length);
        if (!pending.isReadable()) {
            releasePending();
        }
    }

    private static void answer(ChannelHandlerContext context, char answer) {
        Sockets.write(context.channel(), context.alloc().buffer(1).writeByte(answer));
        context.flush();
    }

    /** TLS from here on; what is pending is its beginning. */
    private void secure(ChannelHandlerContext context) {
        if (!listening.tls().isOffered()) {
            close(context, EndCause.TLS_FAILURE);
            return;
        }
        stage = Stage.HANDSHAKING;
        ByteBuf hello = pending;
        pending = Unpooled.EMPTY_BUFFER;
        context.pipeline().addFirst(new ClientHello(listening.tls()));
        if (hello.isReadable()) {
            context.pipeline().fireChannelRead(hello);
        } else {
            hello.release();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            onHandshake(context, handshake);
        } else if (event == ChannelInputShutdownEvent.INSTANCE || event == SslCloseCompletionEvent.SUCCESS) {
            onEnd(context);
        }
    }

    /** A client that has asked and has no more to say still wants its answer; one that has not asked wants none. */
    private void onEnd(ChannelHandlerContext context) {
        clientEnded = true;
        boolean asked = stage == Stage.ASKED && arrival != null && !arrival.isWaiting();
        if (!asked && stage != Stage.CANCELLING && stage != Stage.CLOSING) {
            close(context, EndCause.CLIENT_CLOSED);
        }
    }

    private void onHandshake(ChannelHandlerContext context, SslHandshakeCompletionEvent handshake) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (!handshake.isSuccess() || tls == null) {
            log.atDebug()
                    .addKeyValue("error", String.valueOf(handshake.cause()))
                    .log("TLS handshake failed");
            close(context, EndCause.TLS_FAILURE);
            return;
        }
        auditor().onTls(PeerCertificates.facts(tls.engine().getSession()));
        if (directTls && tls.applicationProtocol() == null) {
            close(context, EndCause.TLS_FAILURE);
            return;
        }
        stage = Stage.SECURED;
        Sockets.cutDecrypted(context.channel(), context.name());
    }

    private void onCancel(ChannelHandlerContext context, StartupPacket.CancelRequest request) {
        stage = Stage.CANCELLING;
        stopTimer();
        releasePending();
        if (unproxied) {
            close(context, EndCause.LIMIT);
            return;
        }
        CancelRelay.start(listening, context.channel(), peer, request, auditor());
    }

    /** PostgreSQL's own answer, where it has one, is the server's to give; what it closes on in silence, so do we. */
    private void onFault(ChannelHandlerContext context, int length, ProtocolException fault) {
        log.atDebug().addKeyValue("error", fault.getMessage()).log("Bad startup packet");
        boolean readable = length >= StartupPacket.LENGTH_MIN && length <= StartupPacket.LENGTH_MAX;
        int code = readable ? pending.getInt(pending.readerIndex() + Integer.BYTES) : 0;
        if (readable && code != StartupPacket.CANCEL_REQUEST_CODE) {
            onStartup(context, new StartupPacket.Startup(code, List.of()), length);
        } else {
            close(context, EndCause.BAD_STARTUP);
        }
    }

    private void onStartup(ChannelHandlerContext context, StartupPacket.Startup startup, int length) {
        if (stage == Stage.ACCEPTED && listening.tls().isRequired()) {
            refuse(context, Refusal.tlsRequired());
            return;
        }
        auditor().onStart(startup);
        if (unproxied) {
            refuse(context, Refusal.unproxied(listening.config().name()), startup);
            return;
        }
        boolean secured = stage == Stage.SECURED;
        SplitListening split = listening.split();
        CertificateLogin certificates = split == null ? null : split.certificates();
        if (certificates != null) {
            CertificateLogin.Answer answer = certificates.onStartup(context.channel(), startup.parameter("user", ""));
            if (answer.refusal() != null) {
                refuseLogin(context, answer.refusal(), answer.reason(), startup);
                return;
            }
            judge = answer.judge();
        }
        stage = Stage.ASKED;
        stopTimer();
        Arrival asks = new Arrival(listening, context.channel(), peer, startup, auditor(), new Arrival.Client() {
            @Override
            public ByteBuf packet() {
                return ClientStart.this.packet(length);
            }

            @Override
            public void onServer(ServerConnection server) {
                handOver(context, startup, length, secured, server);
            }

            @Override
            public void onRefused(Refusal refusal) {
                refuse(context, refusal, startup);
            }
        });
        arrival = asks;
        asks.begin();
    }

    private void handOver(
            ChannelHandlerContext context,
            StartupPacket.Startup startup,
            int length,
            boolean secured,
            ServerConnection first) {
        over = true;
        SplitListening split = listening.split();
        ServerConnection server =
                split == null ? first : split.begin(context.channel().eventLoop(), startup, first, peer, judge);
        ScramBinding binding =
                ScramBinding.of(secured, server.isTls(), listening.tls().isSameCertificate(server.certificate()));
        SessionAuditor hears = auditor();
        SessionRules rules = rules(startup, secured, hears);
        SessionMeter meter = new SessionMeter(
                rules == null ? hears : rules, listening.context().metrics());
        Meaning meaning = new Meaning(
                new SessionTracker(
                        listening.context().entrance().noting(meter, peer),
                        listening.context().statements()::get,
                        listening.context().trackerOptions()),
                hears,
                meter,
                listening.context().telemetry());
        if (judge != Judge.LEADER) {
            meaning.tracker().onVouched(CertificateLogin.METHOD);
        }
        ProxySession session = new ProxySession(listening, meaning, context.channel(), server, binding, startup, rules);
        ByteBuf packet = server.answer() == null ? packet(length) : null;
        ByteBuf rest = pending.skipBytes(length);
        pending = Unpooled.EMPTY_BUFFER;
        context.pipeline().replace(this, "leg", session.clientLeg());
        session.start(packet, rest, clientEnded);
    }

    /** As a server is to have it. */
    private ByteBuf packet(int length) {
        ByteBuf packet = pending.retainedSlice(pending.readerIndex(), length);
        ApplicationName name = listening.applicationName();
        return name == null ? packet : name.in(packet, auditor().session());
    }

    private @Nullable SessionRules rules(StartupPacket.Startup startup, boolean secured, SessionAuditor hears) {
        SharedRules shared = listening.context().rules();
        if (shared == null) {
            return null;
        }
        String user = startup.parameter("user", "");
        return new SessionRules(
                shared,
                hears,
                new Who(
                        user,
                        startup.parameter("database", user),
                        startup.parameter("application_name", ""),
                        peer.address(),
                        listening.config().name(),
                        listening.config().cluster(),
                        secured));
    }

    private SessionAuditor auditor() {
        SessionAuditor hears = auditor;
        if (hears == null) {
            hears = listening
                    .context()
                    .trail()
                    .open(new ClientFacts(
                            listening.config().name(), listening.config().cluster(), peer.text(), peer.port()));
            auditor = hears;
        }
        return hears;
    }

    /** A proxy has told, before anything else, where its client is. */
    void proxiedFor(Peer client) {
        peer = client;
    }

    /** Whatever is asked here is refused: it comes from where only proxies' clients may come from. */
    void refuseUnproxied() {
        unproxied = true;
    }

    /** As a server that does not let in: it is on record, and counts as a failed login. */
    private void refuseLogin(
            ChannelHandlerContext context, Refusal refusal, String reason, StartupPacket.Startup startup) {
        log.atInfo()
                .addKeyValue("sessionId", auditor().session())
                .addKeyValue("user", startup.parameter("user", ""))
                .addKeyValue("error", reason)
                .log("A certificate does not let in");
        listening
                .context()
                .entrance()
                .noting(auditor(), peer)
                .onAuthentication(CertificateLogin.METHOD, refusal.toFields(reason), System.nanoTime());
        refuse(context, refusal, startup);
    }

    private void refuse(ChannelHandlerContext context, Refusal refusal) {
        refuse(context, refusal, new StartupPacket.Startup(StartupPacket.PROTOCOL_3_0, List.of()));
    }

    private void refuse(ChannelHandlerContext context, Refusal refusal, StartupPacket.Startup startup) {
        if (!over) {
            context.writeAndFlush(refusal.toBytes(context.alloc(), startup.major()))
                    .addListener(ChannelFutureListener.CLOSE);
            end(refusal.cause(), refusal.sqlState());
        }
    }

    private void close(ChannelHandlerContext context, EndCause cause) {
        if (!over) {
            end(cause, null);
        }
        Sockets.close(context.channel());
    }

    /** Once. A connection that never said anything leaves no record: health checks do that all day. */
    private void end(EndCause cause, @Nullable String sqlState) {
        over = true;
        long bytes = pending.readableBytes();
        stage = Stage.CLOSING;
        stopTimer();
        releasePending();
        if (arrival != null) {
            arrival.leave();
        }
        if (spoken) {
            auditor().onEnd(new EndFacts(cause.label(), sqlState, bytes, 0, false));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        releasePending();
        listening.context().entrance().onHandshakeEnd();
    }

    private void stopTimer() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void releasePending() {
        pending.release();
        pending = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.atDebug().setCause(cause).log("Connection failed before its session began");
        if (stage == Stage.CANCELLING) {
            return;
        }
        if (cause instanceof DecoderException && stage == Stage.ACCEPTED) {
            // It began with no PROXY header.
            spoken = true;
            close(context, EndCause.BAD_STARTUP);
        } else {
            close(context, stage == Stage.HANDSHAKING ? EndCause.TLS_FAILURE : EndCause.CLIENT_RESET);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!over && stage != Stage.CANCELLING) {
            end(EndCause.CLIENT_CLOSED, null);
        }
    }
}
