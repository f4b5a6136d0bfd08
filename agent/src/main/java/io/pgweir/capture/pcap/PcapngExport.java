package io.pgweir.capture.pcap;

import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.Setting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes what sessions said as packets. The startup packet is made again from what the capture knows of it; a login's exchange is not
 * there. Digests, states and cancels have no packets. One thread.
 */
public final class PcapngExport {
    private static final int HEADER_BYTES = 5;
    private static final int LENGTH_BYTES = 4;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final PcapngWriter to;
    private final Map<Key, TcpFlow> flows = new HashMap<>();
    private @Nullable UUID capture;
    private long startNanos;

    private record Key(@Nullable UUID capture, long session) {}

    /** @param out is neither flushed nor closed */
    public PcapngExport(OutputStream out, String application) throws IOException {
        to = new PcapngWriter(out, application);
    }

    /** What follows is of this file. */
    public void onFile(CaptureHeader header) {
        capture = header.capture();
        Instant started = header.started();
        startNanos = started.getEpochSecond() * NANOS_PER_SECOND + started.getNano();
    }

    public void onRecord(CaptureRecord record) throws IOException {
        long at = startNanos + record.nanos();
        Key key = new Key(capture, record.session());
        switch (record) {
            case SessionOpen open -> {
                if (!flows.containsKey(key)) {
                    TcpFlow flow = new TcpFlow(to, open.session(), open.client(), open.server());
                    flows.put(key, flow);
                    flow.open(at);
                    if (open.origin() == Origin.BEGAN) {
                        flow.send(Direction.FRONTEND, at, startup(open), true, 0);
                    }
                }
            }
            case Message message -> {
                TcpFlow flow = flows.get(key);
                if (flow != null) {
                    send(flow, message, at);
                }
            }
            case SessionEnd _ -> {
                TcpFlow flow = flows.remove(key);
                if (flow != null) {
                    flow.close(at);
                }
            }
            case CaptureRecord.SessionState _,
                    CaptureRecord.Response _,
                    CaptureRecord.Gap _,
                    CaptureRecord.Cancel _ -> {}
        }
    }

    private static void send(TcpFlow flow, Message message, long at) throws IOException {
        byte[] body = message.body();
        boolean begins = !message.is(Message.CONTINUES);
        if (!begins) {
            flow.send(message.direction(), at, body, false, flow.owes(message.direction()) - body.length);
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + body.length);
        bytes.put(message.type()).putInt(message.bodyLength() + LENGTH_BYTES).put(body);
        flow.send(message.direction(), at, bytes.array(), true, (long) message.bodyLength() - body.length);
    }

    private static byte[] startup(SessionOpen open) {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        for (Setting setting : open.parameters()) {
            names.writeBytes((setting.name() + "\0" + setting.value() + "\0").getBytes(StandardCharsets.UTF_8));
        }
        if (open.parameters().isEmpty()) {
            names.writeBytes(("user\0" + open.user() + "\0database\0" + open.database() + "\0")
                    .getBytes(StandardCharsets.UTF_8));
        }
        names.write(0);
        ByteBuffer packet = ByteBuffer.allocate(2 * LENGTH_BYTES + names.size());
        packet.putInt(packet.capacity()).putInt(open.protocol()).put(names.toByteArray());
        return packet.array();
    }
}
