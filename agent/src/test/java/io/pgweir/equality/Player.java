package io.pgweir.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Plays one {@link Script} against an address and keeps, of each connection, what went to the server, what came from it,
 * and what came with the masks on. For one thread, for one play.
 */
final class Player {

    /**
     * One connection of a play.
     *
     * @param toServer what the client sent and a proxy must pass on
     * @param fromServer what the client received and a proxy must have got from the server
     * @param masked the same as lines to compare and to read: one per message, a long body as its checksum
     * @param endedByServer the server closed first, and may not have read all
     * @param negotiated began with requests that a proxy may answer without asking the server
     */
    record Stream(byte[] toServer, byte[] fromServer, List<String> masked, boolean endedByServer, boolean negotiated) {}

    private final Script script;
    private final PgServer server;
    private final Consumer<String> superuser;
    private final Supplier<PgWire> connector;
    private final Map<String, Line> lines = new LinkedHashMap<>();
    private Line current;

    private Player(Script script, PgServer server, Consumer<String> superuser, Supplier<PgWire> connector) {
        this.script = script;
        this.server = server;
        this.superuser = superuser;
        this.connector = connector;
        this.current = new Line();
        lines.put("", current);
    }

    /** Plays to the end on connections that {@code connector} makes, and closes everything. */
    static List<Stream> play(Script script, PgServer server, Supplier<PgWire> connector) {
        return play(script, server, server::query, connector);
    }

    /** @param superuser runs what a superuser says beside the client */
    static List<Stream> play(Script script, PgServer server, Consumer<String> superuser, Supplier<PgWire> connector) {
        if (!script.setup().isEmpty()) {
            superuser.accept(script.setup());
        }
        var player = new Player(script, server, superuser, connector);
        try {
            script.steps().forEach(step -> step.accept(player));
            player.lines.values().forEach(Line::leave);
            return player.lines.values().stream().map(Line::toStream).toList();
        } finally {
            player.lines.values().forEach(line -> line.wire.close());
        }
    }

    void on(String connection) {
        current = lines.computeIfAbsent(connection, c -> new Line());
    }

    void send(byte[] messages) {
        current.send(messages);
    }

    void readThrough(char type) {
        current.readThrough(type);
    }

    void readToEnd() {
        current.readToEnd();
        current.endedByServer = true;
    }

    void negotiate(byte[] request) {
        current.negotiate(request);
    }

    void halfClose() {
        current.wire.halfClose();
    }

    boolean hasRow() {
        return current.lastRow.length > 0;
    }

    /** The first column of the last row on the current connection. */
    byte[] lastValue() {
        ByteBuffer row = ByteBuffer.wrap(current.lastRow);
        assertThat(row.getShort()).isPositive();
        byte[] value = new byte[row.getInt()];
        row.get(value);
        return value;
    }

    /** Logs in with a password, up to ReadyForQuery or the end of the stream. */
    void login(String user, String password) {
        current.login(user, password);
    }

    /** Starts physical replication at the server's present position and gives it something to stream. */
    void streamFromHere() {
        String position = server.query("select pg_current_wal_lsn()");
        send(Frontend.query("START_REPLICATION " + position));
        readThrough('W');
        server.query("select pg_logical_emit_message(false, 'eq', 'x'), pg_switch_wal()");
    }

    void admin(String sql) {
        superuser.accept(sql.replace("%PID%", current.wire.pid() + ""));
    }

    void awaitActive() {
        String sql = "select count(*) from pg_stat_activity where state = 'active' and pid = " + current.wire.pid();
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> "1".equals(server.query(sql)));
    }

    void cancel() {
        Line canceled = current;
        on("cancel" + lines.size());
        current.send(Frontend.cancelRequest(canceled.wire.pid(), canceled.wire.cancelKey()));
        readToEnd();
        current = canceled;
    }

    /** One connection. */
    private final class Line {

        private final PgWire wire = connector.get();
        private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
        private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
        private final List<String> masked = new ArrayList<>();
        private int sentMark = wire.sent().length;
        private int receivedMark = wire.received().length;
        private byte[] lastRow = {};
        private boolean endedByServer;
        private boolean negotiated;

        void send(byte[] messages) {
            try {
                wire.send(messages);
            } catch (UncheckedIOException serverIsGone) {
                endedByServer = true;
            }
        }

        void login(String user, String password) {
            noteAll(wire.login(Frontend.PROTOCOL_3_0, StartupScripts.user(user), password), 'Z');
        }

        void readThrough(char type) {
            noteAll(wire.readThrough(type), type);
        }

        private void noteAll(List<Reply> replies, char type) {
            endedByServer |= replies.isEmpty() || replies.getLast().type() != type;
            for (Reply reply : replies) {
                if (reply.type() == 'D') {
                    lastRow = reply.body();
                }
                note(reply);
            }
        }

        void readToEnd() {
            int before = wire.received().length;
            while (wire.readByte() >= 0) {
                // everything is kept by the client itself
            }
            byte[] all = wire.received();
            ByteBuffer rest = ByteBuffer.wrap(all, before, all.length - before);
            while (rest.remaining() >= 5
                    && rest.getInt(rest.position() + 1) >= 4
                    && rest.getInt(rest.position() + 1) < rest.remaining()) {
                char type = (char) rest.get();
                byte[] body = new byte[rest.getInt() - 4];
                rest.get(body);
                note(new Reply(type, body));
            }
            if (rest.hasRemaining()) {
                byte[] raw = new byte[rest.remaining()];
                rest.get(raw);
                masked.add("raw " + hash(raw) + " " + new String(raw, StandardCharsets.ISO_8859_1));
            }
            masked.add("end");
        }

        void negotiate(byte[] request) {
            settle();
            negotiated = true;
            send(request);
            masked.add("answer " + (char) wire.readByte());
            sentMark = wire.sent().length;
            receivedMark = wire.received().length;
        }

        void leave() {
            if (masked.isEmpty() || !masked.getLast().equals("end")) {
                send(Frontend.terminate());
                readToEnd();
            }
        }

        Stream toStream() {
            settle();
            return new Stream(toServer.toByteArray(), fromServer.toByteArray(), masked, endedByServer, negotiated);
        }

        private void note(Reply reply) {
            UnaryOperator<Reply> own = script.masks().getOrDefault(reply.type(), r -> r);
            boolean ownWords = reply.type() == 'E' && script.traits().contains(Script.Trait.ANSWERED_BY_PROXY);
            Reply kept = own.apply(Masks.always(ownWords ? Masks.errorCode(reply) : reply));
            if (kept != null) {
                masked.add(kept.type() + " " + kept.body().length + " " + hash(kept.body()) + " "
                        + (Arrays.equals(kept.body(), reply.body()) ? reply : "masked"));
            }
        }

        /** Moves what was sent and received since the last mark to what the server must have seen and said. */
        private void settle() {
            byte[] sent = wire.sent();
            toServer.write(sent, sentMark, sent.length - sentMark);
            sentMark = sent.length;
            byte[] received = wire.received();
            fromServer.write(received, receivedMark, received.length - receivedMark);
            receivedMark = received.length;
        }
    }

    private static String hash(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
