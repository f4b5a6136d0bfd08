package io.pgweir.replay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pgweir.auth.NodeLogin;
import io.pgweir.auth.Password;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the server that a capture is run on, logged in. Blocks: for virtual threads. One thread writes, one reads.
 */
final class TargetConnection implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Target target;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int processId;
    private byte[] key = {};

    /** A message of the server. */
    interface Reader {
        /** @param body from index 0; of the call */
        void on(byte type, ByteBuf body, int bodyBytes);
    }

    private TargetConnection(Target target, Socket socket) throws IOException {
        this.target = target;
        this.socket = socket;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
    }

    /**
     * @param parameters of the startup packet, {@code user} included
     * @param reader hears of what the server says of itself
     * @throws IOException where the server cannot be reached, or does not let in
     */
    static TargetConnection open(Target target, int protocol, List<Map.Entry<String, String>> parameters, Reader reader)
            throws IOException {
        Socket socket = connect(target);
        try {
            TargetConnection connection = new TargetConnection(target, socket);
            connection.login(protocol, parameters, reader);
            socket.setSoTimeout(0);
            return connection;
        } catch (IOException | RuntimeException fault) {
            socket.close();
            throw fault;
        }
    }

    private static Socket connect(Target target) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(
                    new InetSocketAddress(
                            target.address().host(), target.address().port()),
                    Math.toIntExact(target.timeout().toMillis()));
            socket.setSoTimeout(Math.toIntExact(target.timeout().toMillis()));
            return socket;
        } catch (IOException fault) {
            socket.close();
            throw new IOException(target.address() + ": " + fault.getMessage(), fault);
        }
    }

    private void login(int protocol, List<Map.Entry<String, String>> parameters, Reader reader) throws IOException {
        ByteBuf packet = Unpooled.buffer().writeInt(0).writeInt(protocol);
        String user = "";
        for (Map.Entry<String, String> each : parameters) {
            user = each.getKey().equals("user") ? each.getValue() : user;
            text(text(packet, each.getKey()), each.getValue());
        }
        packet.writeByte(0).setInt(0, packet.readableBytes());
        send(packet);
        Password password = target.password();
        NodeLogin login = password == null ? null : new NodeLogin(user, password, false, null);
        boolean ready = false;
        while (!ready) {
            byte type = in.readByte();
            ByteBuf body = body();
            switch (type) {
                case MessageType.Backend.AUTHENTICATION -> authenticate(login, body);
                case MessageType.Backend.ERROR_RESPONSE -> throw refused(user, body);
                case MessageType.Backend.BACKEND_KEY_DATA -> {
                    processId = body.getInt(0);
                    key = new byte[body.readableBytes() - Integer.BYTES];
                    body.getBytes(Integer.BYTES, key);
                }
                case MessageType.Backend.READY_FOR_QUERY -> ready = true;
                default -> {}
            }
            reader.on(type, body, body.readableBytes());
        }
    }

    private static ByteBuf text(ByteBuf packet, String text) {
        return packet.writeBytes(text.getBytes(StandardCharsets.UTF_8)).writeByte(0);
    }

    private void authenticate(@Nullable NodeLogin login, ByteBuf body) throws IOException {
        int code = body.getInt(0);
        if (login == null) {
            if (code != BackendMessage.Authentication.OK) {
                throw new IOException(target.address() + " asks for a password, and none was given");
            }
            return;
        }
        byte[] rest = new byte[body.readableBytes() - Integer.BYTES];
        body.getBytes(Integer.BYTES, rest);
        switch (login.onAuthentication(code, rest)) {
            case NodeLogin.Send(byte[] answer) ->
                send(MessageWriter.authenticationAnswer(UnpooledByteBufAllocator.DEFAULT, answer));
            case NodeLogin.Failed(boolean _, String reason) -> throw new IOException(target.address() + ": " + reason);
            case NodeLogin.Wait(), NodeLogin.Done() -> {}
        }
    }

    private IOException refused(String user, ByteBuf body) {
        BackendDecoder decoder = new BackendDecoder();
        decoder.charset(StandardCharsets.UTF_8);
        String why = decoder.decode(MessageType.Backend.ERROR_RESPONSE, body, 0, body.readableBytes())
                        instanceof BackendMessage.ErrorResponse(ErrorFields error)
                ? error.sqlState() + ": " + error.message()
                : "an error that cannot be read";
        return new IOException(target.address() + " refuses user \"" + user + "\": " + why);
    }

    private ByteBuf body() throws IOException {
        int length = in.readInt() - MessageType.LENGTH_BYTES;
        if (length < 0 || length > MessageType.LARGE_BODY_BYTES_MAX) {
            throw new IOException("message length: " + length + " (expected: a message of PostgreSQL's)");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("within a message");
        }
        return Unpooled.wrappedBuffer(body);
    }

    /** All that the server says, until it closes. */
    void read(Reader reader) throws IOException {
        for (int type = in.read(); type >= 0; type = in.read()) {
            ByteBuf body = body();
            reader.on((byte) type, body, body.readableBytes());
        }
    }

    void write(byte type, byte[] body) throws IOException {
        out.write(ByteBuffer.allocate(MessageType.HEADER_BYTES)
                .put(type)
                .putInt(body.length + MessageType.LENGTH_BYTES)
                .array());
        out.write(body);
    }

    void flush() throws IOException {
        out.flush();
    }

    private void send(ByteBuf message) throws IOException {
        message.readBytes(out, message.readableBytes());
        message.release();
        out.flush();
    }

    /** Asks the server to cancel what this connection runs. */
    void cancel() throws IOException {
        try (Socket other = connect(target)) {
            ByteBuf request = MessageWriter.cancelRequest(UnpooledByteBufAllocator.DEFAULT, processId, key);
            request.readBytes(other.getOutputStream(), request.readableBytes());
            request.release();
            // The server closes when it has seen it.
            int _ = other.getInputStream().read();
        }
    }

    /** As a client that goes without a word. */
    void hangUp() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
