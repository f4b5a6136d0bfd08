package io.pgweir.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A client and a server of PostgreSQL that talk over TCP, as frames of Ethernet in a file of packets. */
public final class PacketTalk {
    private final PacketFile file;
    private final int clientPort;
    private int clientNext = 0xffff_fff0;
    private int serverNext = 7;
    private long nanos = PacketFile.EPOCH_NANOS;

    public PacketTalk(PacketFile file, int clientPort) {
        this.file = file;
        this.clientPort = clientPort;
    }

    /** The handshake of TCP. */
    public PacketTalk connect() {
        client(PacketFile.SYN);
        clientNext++;
        server(PacketFile.SYN | PacketFile.ACK);
        serverNext++;
        return client(PacketFile.ACK);
    }

    /** A session of alice's, up to the first ReadyForQuery; with a password, where there is one. */
    public PacketTalk login(String password) {
        connect();
        client(startup("user", "alice", "database", "shop"));
        if (!password.isEmpty()) {
            server(message('R', int32(3)));
            client(message('p', text(password)));
        }
        return server(
                message('R', int32(0)),
                message('S', text("server_version"), text("17.2")),
                message('K', int32(4711), int32(0x5ec4e7)),
                message('Z', "I".getBytes(UTF_8)));
    }

    /** {@code select} of one row, and its answer. */
    public PacketTalk query(String sql, String value) {
        client(message('Q', text(sql)));
        return server(answer(value));
    }

    public static byte[] answer(String value) {
        byte[] bytes = value.getBytes(UTF_8);
        return together(
                message('D', new byte[] {0, 1}, int32(bytes.length), bytes),
                message('C', text("SELECT 1")),
                message('Z', "I".getBytes(UTF_8)));
    }

    public PacketTalk client(byte[]... payload) {
        byte[] bytes = together(payload);
        clientAt(clientNext, bytes);
        clientNext += bytes.length;
        return this;
    }

    /** Bytes that the server gets, and the file has not. */
    public PacketTalk clientUnseen(byte[] bytes) {
        clientNext += bytes.length;
        return this;
    }

    /** Bytes that come from where they belong, whatever was sent. */
    public PacketTalk clientAt(int sequence, byte[] bytes) {
        add(PacketFile.tcp(1, clientPort, 2, 5432, sequence, serverNext, PacketFile.ACK, bytes));
        return this;
    }

    public int clientNext() {
        return clientNext;
    }

    public PacketTalk server(byte[]... payload) {
        byte[] bytes = together(payload);
        add(PacketFile.tcp(2, 5432, 1, clientPort, serverNext, clientNext, PacketFile.ACK, bytes));
        serverNext += bytes.length;
        return this;
    }

    public PacketTalk client(int flags) {
        add(PacketFile.tcp(1, clientPort, 2, 5432, clientNext, serverNext, flags, new byte[0]));
        return this;
    }

    public PacketTalk server(int flags) {
        add(PacketFile.tcp(2, 5432, 1, clientPort, serverNext, clientNext, flags, new byte[0]));
        return this;
    }

    /** Terminate, and the end of both directions. */
    public PacketTalk quit() {
        client(message('X'));
        client(PacketFile.FIN | PacketFile.ACK);
        clientNext++;
        server(PacketFile.FIN | PacketFile.ACK);
        serverNext++;
        return client(PacketFile.ACK);
    }

    public PacketTalk later(long by) {
        nanos += by;
        return this;
    }

    private void add(byte[] ip) {
        nanos += 1_000_000;
        file.add(nanos, PacketFile.ethernet(ip));
    }

    public static byte[] startup(String... namesAndValues) {
        ByteArrayOutputStream parameters = new ByteArrayOutputStream();
        for (String each : namesAndValues) {
            parameters.writeBytes(text(each));
        }
        parameters.write(0);
        return together(int32(8 + parameters.size()), int32(196_608), parameters.toByteArray());
    }

    public static byte[] message(char type, byte[]... body) {
        byte[] all = together(body);
        return together(new byte[] {(byte) type}, int32(4 + all.length), all);
    }

    public static byte[] text(String text) {
        return (text + "\0").getBytes(UTF_8);
    }

    public static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    public static byte[] together(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
