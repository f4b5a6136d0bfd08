package io.pgweir.replay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.pgweir.auth.ChannelBinding;
import io.pgweir.auth.NodeLogin;
import io.pgweir.auth.Password;
import io.pgweir.capture.AnswerDigest;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.net.ServerGreeting.Greeted;
import io.pgweir.net.Sockets;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the server that a capture is run on: logs in, then takes the server's stream apart. Thread: the channel's event loop.
 */
final class TargetConnection extends ChannelInboundHandlerAdapter {
    private static final long CLOSE_SECONDS_MAX = 60;

    /** What is written is gathered up to there, or to the next {@link #flush}. */
    private static final int GATHERED_BYTES = 32 << 10;

    private final TargetServer server;
    private final Channel channel;
    private final String user;
    private final @Nullable NodeLogin login;
    private final Listener listener;
    private @Nullable ByteBuf gathered;
    private @Nullable ByteBuf unread;
    private int processId;
    private byte[] key = {};
    private boolean ready;
    private boolean over;

    /** Of a row that has not come whole. */
    private byte rowType;

    private int rowBytes;
    private int rowLeft;

    /** Who hears of the connection, on its event loop; at the end {@link #onGone}, once. */
    interface Listener {
        /** The first ReadyForQuery, after it was told by itself. */
        void onReady();

        /** A whole message of the server, from the first of its login on. */
        void onMessage(byte type, ByteBuf buffer, int bodyAt, int length, long now);

        /** A row or COPY data, in pieces as it comes. */
        void onRow(byte type, int bodyBytes, ByteBuf buffer, int at, int length, boolean first, boolean last, long now);

        /** What had come has been told. */
        void onRead(long now);

        /** More may be written. */
        void onWritable();

        /** The server says no more, for what reason. */
        void onGone(String why);
    }

    /** Logs in as that session did. */
    static TargetConnection of(SessionOpen open, Together together, Greeted greeted, Listener listener) {
        TargetServer server = together.server();
        return new TargetConnection(
                server,
                greeted,
                open.protocol(),
                server.target().parameters(open, together.readOnly()),
                server.target().logins().of(open.user()).password(),
                listener);
    }

    /** @param parameters of the startup packet, {@code user} included */
    private TargetConnection(
            TargetServer server,
            Greeted greeted,
            int protocol,
            List<Map.Entry<String, String>> parameters,
            @Nullable Password password,
            Listener listener) {
        this.server = server;
        this.listener = listener;
        channel = greeted.channel();
        user = parameters.stream()
                .filter(each -> each.getKey().equals("user"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
        login = password == null
                ? null
                : new NodeLogin(user, password, greeted.certificate() != null, endPoint(greeted.certificate()));
        channel.pipeline().addLast(this);
        Sockets.write(channel, startup(protocol, parameters));
        channel.flush();
        channel.config().setAutoRead(true);
    }

    private static byte @Nullable [] endPoint(@Nullable Certificate certificate) {
        return certificate instanceof X509Certificate shown
                ? ChannelBinding.endPoint(shown).orElse(null)
                : null;
    }

    private ByteBuf startup(int protocol, List<Map.Entry<String, String>> parameters) {
        ByteBuf packet = channel.alloc().buffer().writeInt(0).writeInt(protocol);
        for (Map.Entry<String, String> each : parameters) {
            text(text(packet, each.getKey()), each.getValue());
        }
        return packet.writeByte(0).setInt(0, packet.readableBytes());
    }

    private static ByteBuf text(ByteBuf packet, String text) {
        return packet.writeBytes(text.getBytes(StandardCharsets.UTF_8)).writeByte(0);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        unread = unread == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), unread, in);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        long now = System.nanoTime();
        if (unread != null && !over) {
            takeApart(unread, now);
        }
        if (unread != null && (over || !unread.isReadable())) {
            unread.release();
            unread = null;
        }
        if (!over) {
            listener.onRead(now);
        }
    }

    private void takeApart(ByteBuf in, long now) {
        int end = in.writerIndex();
        int at = in.readerIndex();
        while (!over) {
            int there = end - at;
            if (rowLeft > 0) {
                int length = Math.min(rowLeft, there);
                if (length == 0) {
                    break;
                }
                rowLeft -= length;
                listener.onRow(rowType, rowBytes, in, at, length, false, rowLeft == 0, now);
                at += length;
                continue;
            }
            if (there < MessageType.HEADER_BYTES) {
                break;
            }
            byte type = in.getByte(at);
            int length = in.getInt(at + 1) - MessageType.LENGTH_BYTES;
            if (length < 0 || length > MessageType.LARGE_BODY_BYTES_MAX) {
                gone("message length: " + length + " (expected: a message of PostgreSQL's)");
                break;
            }
            there -= MessageType.HEADER_BYTES;
            int bodyAt = at + MessageType.HEADER_BYTES;
            if (ready && AnswerDigest.isRow(type)) {
                rowType = type;
                rowBytes = length;
                int first = Math.min(length, there);
                rowLeft = length - first;
                listener.onRow(type, length, in, bodyAt, first, true, rowLeft == 0, now);
                at = bodyAt + first;
            } else if (there < length) {
                break;
            } else {
                onMessage(type, in, bodyAt, length, now);
                at = bodyAt + length;
            }
        }
        in.readerIndex(at);
    }

    private void onMessage(byte type, ByteBuf in, int bodyAt, int length, long now) {
        if (ready) {
            listener.onMessage(type, in, bodyAt, length, now);
            return;
        }
        switch (type) {
            case MessageType.Backend.AUTHENTICATION -> authenticate(in, bodyAt, length);
            case MessageType.Backend.ERROR_RESPONSE -> gone(refusal(in, bodyAt, length));
            case MessageType.Backend.BACKEND_KEY_DATA -> {
                if (length >= Integer.BYTES) {
                    processId = in.getInt(bodyAt);
                    key = new byte[length - Integer.BYTES];
                    in.getBytes(bodyAt + Integer.BYTES, key);
                }
            }
            case MessageType.Backend.READY_FOR_QUERY -> ready = true;
            default -> {}
        }
        if (!over) {
            listener.onMessage(type, in, bodyAt, length, now);
            if (ready) {
                listener.onReady();
            }
        }
    }

    private void authenticate(ByteBuf in, int bodyAt, int length) {
        if (length < Integer.BYTES) {
            gone("an Authentication message of " + length + " bytes (expected: 4 or more)");
            return;
        }
        int code = in.getInt(bodyAt);
        if (login == null) {
            if (code != BackendMessage.Authentication.OK) {
                gone("it asks for a password of user \"" + user + "\", and none was given");
            }
            return;
        }
        byte[] rest = new byte[length - Integer.BYTES];
        in.getBytes(bodyAt + Integer.BYTES, rest);
        if (code != BackendMessage.Authentication.SASL_CONTINUE) {
            onProof(login.onAuthentication(code, rest));
            return;
        }
        // A proof takes milliseconds: others' messages are due meanwhile. The server says nothing before it has it.
        Thread.ofVirtual().start(() -> {
            NodeLogin.Answer answer = login.onAuthentication(code, rest);
            channel.eventLoop().execute(() -> onProof(answer));
        });
    }

    private void onProof(NodeLogin.Answer answer) {
        switch (answer) {
            case NodeLogin.Send(byte[] body) -> {
                Sockets.write(channel, MessageWriter.authenticationAnswer(channel.alloc(), body));
                channel.flush();
            }
            case NodeLogin.Failed(boolean _, String reason) -> gone(reason);
            case NodeLogin.Wait(), NodeLogin.Done() -> {}
        }
    }

    private String refusal(ByteBuf in, int bodyAt, int length) {
        BackendDecoder decoder = new BackendDecoder();
        decoder.charset(StandardCharsets.UTF_8);
        String why = decoder.decode(MessageType.Backend.ERROR_RESPONSE, in, bodyAt, length)
                        instanceof BackendMessage.ErrorResponse(ErrorFields error)
                ? error.sqlState() + ": " + error.message()
                : "an error that cannot be read";
        return "it refuses user \"" + user + "\": " + why;
    }

    /** To be flushed. */
    void write(byte type, byte[] body) {
        ByteBuf to = gathered;
        if (to == null) {
            to = channel.alloc().ioBuffer(Math.max(512, MessageType.HEADER_BYTES + body.length));
            gathered = to;
        }
        to.writeByte(type).writeInt(body.length + MessageType.LENGTH_BYTES).writeBytes(body);
        if (to.readableBytes() >= GATHERED_BYTES) {
            flush();
        }
    }

    void flush() {
        ByteBuf all = gathered;
        if (all != null) {
            gathered = null;
            Sockets.write(channel, all);
            channel.flush();
        }
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    /** @param then when the server has heard it, or cannot; on the loop */
    void cancel(Runnable then) {
        server.cancel(channel.eventLoop(), processId, key, then);
    }

    /** As a client that goes without a word; the server's end is told by {@link Listener#onGone}. */
    void hangUp() {
        flush();
        Sockets.shutdownOutput(channel);
        Sockets.abortAfter(channel, CLOSE_SECONDS_MAX);
    }

    void close() {
        over = true;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
        Sockets.close(channel);
    }

    private void gone(String why) {
        if (!over) {
            over = true;
            Sockets.close(channel);
            listener.onGone(server.target().address() + ": " + why);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!over && channel.isWritable()) {
            listener.onWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            gone("it closed the connection");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone("the connection is closed");
        if (unread != null) {
            unread.release();
            unread = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        gone(String.valueOf(cause.getMessage()));
    }
}
