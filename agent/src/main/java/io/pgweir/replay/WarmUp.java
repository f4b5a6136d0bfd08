package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.wire.MessageType;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Runs a capture that was never captured on a server that is none, so that the JVM has read and compiled what is needed before the first
 * message is due: a cold one is late by tenths of a second.
 */
final class WarmUp {
    private static final int STATEMENTS = 1_500;

    /** AuthenticationOk, ReadyForQuery. */
    private static final byte[] WELCOME = ascii("R\0\0\0\10\0\0\0\0Z\0\0\0\5I");

    /** ParseComplete, BindComplete, RowDescription without columns, DataRow of none, CommandComplete, ReadyForQuery. */
    private static final byte[] ANSWER =
            ascii("1\0\0\0\0042\0\0\0\4T\0\0\0\6\0\0D\0\0\0\6\0\0C\0\0\0\15SELECT 1\0Z\0\0\0\5I");

    private WarmUp() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whatever comes of it: a replay without it is late at its beginning, no more. */
    static void run() {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(listener));
            Target target = new Target(
                    new HostPort("127.0.0.1", listener.getLocalPort()),
                    Logins.OWN,
                    null,
                    new ServerTlsConfig(
                            ServerTlsConfig.Mode.DISABLE, ServerTlsConfig.Negotiation.POSTGRES, null, null, null),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5));
            Options options = new Options(Double.POSITIVE_INFINITY, _ -> true, Set.of(), false, false, 1);
            try (Replay replay = new Replay(target, options)) {
                Iterator<CaptureRecord> records = records().iterator();
                replay.run(() -> records.hasNext() ? records.next() : null);
                replay.finish();
            }
        } catch (IOException cold) {
            return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<CaptureRecord> records() {
        List<CaptureRecord> all = new ArrayList<>();
        Leg nowhere = new Leg("", "");
        all.add(new SessionOpen(1, 0, new UUID(0, 0), Origin.BEGAN, "", "", "", 3 << 16, List.of(), nowhere, nowhere));
        long number = 0;
        for (int i = 0; i < STATEMENTS; i++) {
            all.add(asked(++number, MessageType.Frontend.PARSE, "\0select 1\0\0\0"));
            all.add(asked(++number, MessageType.Frontend.BIND, "\0\0\0\0\0\0\0\0"));
            all.add(asked(++number, MessageType.Frontend.DESCRIBE, "P\0"));
            all.add(asked(++number, MessageType.Frontend.EXECUTE, "\0\0\0\0\0"));
            all.add(new Response(1, 0, number, 1, 2, "SELECT 1", "", 0, 0, 0, 0, 0));
            all.add(asked(++number, MessageType.Frontend.SYNC, ""));
            all.add(message(Direction.BACKEND, MessageType.Backend.READY_FOR_QUERY, number, "I"));
        }
        all.add(new SessionEnd(1, 0, ""));
        return all;
    }

    private static Message asked(long number, byte type, String body) {
        return message(Direction.FRONTEND, type, number, body);
    }

    private static Message message(Direction direction, byte type, long number, String body) {
        byte[] bytes = ascii(body);
        return new Message(1, 0, direction, type, 0, number, bytes.length, bytes);
    }

    private static void serve(ServerSocket listener) {
        try (Socket client = listener.accept()) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            in.skipNBytes(in.readInt() - (long) Integer.BYTES);
            out.write(WELCOME);
            for (int type = in.read(); type >= 0; type = in.read()) {
                in.skipNBytes(in.readInt() - (long) Integer.BYTES);
                if (type == MessageType.Frontend.SYNC) {
                    out.write(ANSWER);
                }
            }
        } catch (IOException over) {
            return;
        }
    }
}
