package io.pgweir.capture.pcap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.Setting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapngExportTest {
    private static final CaptureHeader HEADER = new CaptureHeader(
            "agent-1",
            UUID.fromString("0195512a-0000-7000-8000-000000000001"),
            0,
            Instant.parse("2026-11-21T10:20:30.000000001Z"),
            List.of(),
            CaptureHeader.Options.ALL,
            "",
            "0.1.0");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream fromClient = new ByteArrayOutputStream();
    private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
    private final List<Long> times = new ArrayList<>();
    private int holes;

    @ParameterizedTest
    @CsvSource({"127.0.0.1:40000, 10.0.0.1:6000, 20", "[::1]:40000, [2001:db8::1]:6000, 40", "@, /run/.s.PGSQL.5432, 20"
    })
    void streamsHoldTheMessagesInSegmentsThatFollowEachOther(String client, String server, int ipBytes)
            throws IOException {
        // Given
        byte[] copy = new byte[100_000];
        new Random(1).nextBytes(copy);

        // When
        export(
                open(client, server),
                message(Direction.FRONTEND, 'Q', 0, 5, "x = 1"),
                message(Direction.BACKEND, 'Z', 0, 1, "I"),
                new Message(1, 9, Direction.FRONTEND, (byte) 'd', Message.MORE, 2, copy.length + 3, copy),
                message(Direction.FRONTEND, 'd', Message.CONTINUES, copy.length + 3, "end"),
                new SessionEnd(1, 10, "terminate"));
        read(ipBytes);

        // Then
        ByteBuffer expected = ByteBuffer.allocate(200_000);
        expected.putInt(24).putInt(196608).put("user\0alice\0x\0y\0\0".getBytes(US_ASCII));
        expected.put((byte) 'Q').putInt(9).put("x = 1".getBytes(US_ASCII));
        expected.put((byte) 'd').putInt(copy.length + 7).put(copy).put("end".getBytes(US_ASCII));
        byte[] bytes = new byte[expected.flip().limit()];
        expected.get(bytes);
        assertThat(fromClient.toByteArray()).isEqualTo(bytes);
        assertThat(fromServer.toByteArray()).containsExactly('Z', 0, 0, 0, 5, 'I');
        assertThat(holes).isZero();
        assertThat(times.getFirst()).isEqualTo(1_795_256_430_000_000_001L);
    }

    @Test
    void whatWasLeftOutIsAHoleInTheStream() throws IOException {
        // When
        export(
                open("127.0.0.1:40000", "127.0.0.1:6000"),
                message(Direction.FRONTEND, 'Q', Message.TRUNCATED, 1000, "select"),
                message(Direction.FRONTEND, 'S', 0, 0, ""),
                new SessionEnd(1, 10, "terminate"));
        read(20);

        // Then
        assertThat(holes).isEqualTo(1);
        assertThat(fromClient.toByteArray()).endsWith('S', 0, 0, 0, 4);
    }

    private void export(CaptureRecord... records) throws IOException {
        PcapngExport export = new PcapngExport(out, "test");
        export.onFile(HEADER);
        for (CaptureRecord record : records) {
            export.onRecord(record);
        }
    }

    private static SessionOpen open(String client, String server) {
        return new SessionOpen(
                1,
                0,
                new UUID(7, 1),
                Origin.BEGAN,
                "alice",
                "shop",
                "",
                196608,
                List.of(new Setting("user", "alice"), new Setting("x", "y")),
                new Leg(client, ""),
                new Leg(server, ""));
    }

    private static Message message(Direction direction, char type, int flags, int length, String body) {
        return new Message(1, 5, direction, (byte) type, flags, 1, length, body.getBytes(US_ASCII));
    }

    /** Takes blocks, packets and streams apart, and heeds sequence numbers and checksums. */
    private void read(int ipBytes) {
        ByteBuffer file = ByteBuffer.wrap(out.toByteArray());
        int[] next = new int[2];
        while (file.hasRemaining()) {
            int at = file.position();
            int type = file.getInt();
            int length = file.getInt();
            assertThat(file.getInt(at + length - 4)).isEqualTo(length);
            if (type == 6) {
                times.add(file.getLong(at + 12));
                packet(file.slice(at + 28, file.getInt(at + 20)), ipBytes, next);
            }
            file.position(at + length);
        }
    }

    private void packet(ByteBuffer packet, int ipBytes, int[] next) {
        boolean client = packet.getShort(ipBytes + 2) == 5432;
        int sequence = packet.getInt(ipBytes + 4);
        int flags = packet.get(ipBytes + 13);
        byte[] body = new byte[packet.limit() - ipBytes - 20];
        packet.get(ipBytes + 20, body);
        if (ipBytes == 20) {
            assertThat(sum(packet, 0, 20) % 0xffff).isZero();
        }
        int pseudo = ipBytes == 20 ? 12 : 8;
        long sum = sum(packet, pseudo, packet.limit() - pseudo) + 6 + packet.limit() - ipBytes;
        assertThat(sum % 0xffff).isZero();
        int lane = client ? 0 : 1;
        holes += sequence == next[lane] ? 0 : 1;
        boolean counts = (flags & 3) != 0;
        next[lane] = sequence + body.length + (counts ? 1 : 0);
        (client ? fromClient : fromServer).writeBytes(body);
    }

    private static long sum(ByteBuffer packet, int at, int length) {
        long sum = 0;
        for (int i = at; i < at + length; i++) {
            sum += (packet.get(i) & 0xffL) << ((i - at) % 2 == 0 ? 8 : 0);
        }
        return sum;
    }
}
