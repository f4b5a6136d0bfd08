package io.pgweir.capture.pcap;

import static io.pgweir.testing.PacketFile.ACK;
import static io.pgweir.testing.PacketFile.EPOCH_NANOS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.testing.PacketFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketReaderTest {
    private static final byte[] IP = PacketFile.tcp(1, 40_000, 2, 5432, 77, 88, ACK, "hello".getBytes(UTF_8));

    private final PacketDecoder decoder = new PacketDecoder();

    @ParameterizedTest
    @CsvSource({"BIG_ENDIAN, true", "BIG_ENDIAN, false", "LITTLE_ENDIAN, true", "LITTLE_ENDIAN, false"})
    void classicFilesAreReadInEitherOrderAndResolution(String order, boolean nanos) throws IOException {
        // Given
        ByteOrder bytes = order.equals("BIG_ENDIAN") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        PacketFile file = PacketFile.pcap(bytes, nanos, PacketFile.ETHERNET);
        file.add(EPOCH_NANOS + 123_456_789, PacketFile.ethernet(IP));

        // When
        Packet packet = only(file.bytes());

        // Then
        assertThat(packet.epochNanos()).isEqualTo(EPOCH_NANOS + (nanos ? 123_456_789 : 123_456_000));
        isHello(packet);
    }

    @ParameterizedTest
    @CsvSource({"9, 1000000000", "6, 1000000", "3, 1000", "0, 1", "138, 1024", "130, 4"})
    void timesOfPcapngHaveTheirInterfacesResolution(int resolution, long perSecond) throws IOException {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            // Given
            long seconds = EPOCH_NANOS / 1_000_000_000;
            long ticks = seconds * perSecond + perSecond / 4;
            ByteBuffer file = ByteBuffer.allocate(4096).order(order);
            section(file);
            block(file, 0x0bad, new byte[9]);
            networkInterface(file, PacketFile.ETHERNET, resolution);
            packet(file, ticks, PacketFile.ethernet(IP));

            // When
            Packet packet = only(Arrays.copyOf(file.array(), file.position()));

            // Then
            long quarter = perSecond < 4 ? 0 : 250_000_000;
            assertThat(packet.epochNanos()).isEqualTo(EPOCH_NANOS + (perSecond == 1 ? 0 : quarter));
            isHello(packet);
        }
    }

    @Test
    void sectionsOfBothOrdersMayFollowEachOther() throws IOException {
        // Given
        ByteBuffer file = ByteBuffer.allocate(4096);
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            section(file.order(order));
            networkInterface(file, 101, 6);
            packet(file, 1, IP);
            ByteBuffer simple = ByteBuffer.allocate(4 + IP.length).order(order);
            block(file, 3, simple.putInt(IP.length).put(IP).array());
        }

        // When
        PacketReader reader = PacketReader.of(new ByteArrayInputStream(Arrays.copyOf(file.array(), file.position())));

        // Then
        for (int i = 0; i < 4; i++) {
            Packet packet = Objects.requireNonNull(reader.next());
            assertThat(packet.epochNanos()).isEqualTo(1000);
            isHello(packet);
        }
        assertThat(reader.next()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0000000000000000000000000800",
        "1, 00000000000000000000000081000005 0800",
        "1, 00000000000000000000000088a80005 81000006 0800",
        "0, 02000000",
        "108, 00000002",
        "101, ''",
        "12, ''",
        "228, ''",
        "113, 0000 0001 0006 000000000000 0000 0800",
        "276, 0800 0000 00000001 0001 00 06 0000000000000000",
    })
    void linksLeadToTcp(int linkType, String head) {
        // Given
        byte[] before = HexFormat.of().parseHex(head.replace(" ", ""));
        ByteBuffer frame = ByteBuffer.allocate(before.length + IP.length + 6);
        frame.put(before).put(IP);

        // When
        TcpSegment segment = decoder.decode(new Packet(5, linkType, frame.rewind(), 0));

        // Then
        isHello(Objects.requireNonNull(segment));
    }

    @Test
    void ipv6IsReadBehindItsExtensionHeaders() {
        // Given
        byte[] ip = PacketFile.tcpOverIpv6(false, 40_000, 5432, 77, 88, ACK, "hello".getBytes(UTF_8));

        // When
        TcpSegment segment = decoder.decode(new Packet(5, 101, ByteBuffer.wrap(ip), 0));

        // Then
        isHello(Objects.requireNonNull(segment));
        assertThat(segment.source()).hasToString("[::1]:40000");
    }

    @Test
    void fragmentsAndOtherPacketsAreCounted() {
        // Given
        byte[] fragment = IP.clone();
        fragment[6] = 0x20;
        byte[] udp = IP.clone();
        udp[9] = 17;
        byte[] shortened = Arrays.copyOf(IP, 30);

        // When
        for (byte[] each : new byte[][] {fragment, udp, shortened, {}, {0x45}}) {
            assertThat(decoder.decode(new Packet(5, 101, ByteBuffer.wrap(each), 0)))
                    .isNull();
        }
        assertThat(decoder.decode(new Packet(5, 147, ByteBuffer.wrap(IP), 0))).isNull();

        // Then
        assertThat(decoder.fragments()).isEqualTo(1);
        assertThat(decoder.others()).isEqualTo(5);
        assertThat(decoder.unknownLinks()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " # is empty (expected: a file of packets, pcap or pcapng), offset 0",
                "00 # ends within the magic number: 1 of 4 bytes, offset 0",
                "50474341 # magic number: 50474341 (expected: a1b2c3d4 or a1b23c4d in either order, pcap; 0a0d0d0a, pcapng)",
                "a1b2c3d4 0009 # ends within the header: 2 of 20 bytes, offset 4",
                "a1b2c3d4 0009 0004 00000000 00000000 00000000 00000001 # version of pcap: 9 (expected: 2), offset 4",
                "0a0d0d0a 0000001c 01020304 # byte order of a section: 01020304 (expected: 1a2b3c4d in either order)",
                "0a0d0d0a 0000000c 1a2b3c4d # header of a section of 12 bytes (expected: at least 28), offset 0",
            })
    void whatIsNoFileOfPacketsIsSaid(String hexAndText) {
        // Given
        String[] parts = hexAndText.split("#", 2);
        byte[] bytes = HexFormat.of().parseHex(parts[0].replace(" ", ""));

        // Then
        assertThatThrownBy(() -> PacketReader.of(new ByteArrayInputStream(bytes)))
                .isInstanceOf(PacketFileException.class)
                .hasMessageContaining(parts[1].strip());
    }

    @ParameterizedTest
    @CsvSource({
        "ffffffff, packet of 4294967295 bytes",
        "00200001, packet of 2097153 bytes",
        "00000100, ends within a packet: 4 of 256 bytes"
    })
    void absurdLengthsAreNotMadeRoomFor(String captured, String expected) throws IOException {
        // Given
        ByteBuffer file = ByteBuffer.allocate(44);
        file.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).position(20);
        file.putInt(1)
                .putInt(1)
                .putInt(1)
                .putInt(Integer.parseUnsignedInt(captured, 16))
                .putInt(9);
        PacketReader reader = PacketReader.of(new ByteArrayInputStream(file.array()));

        // Then
        assertThatThrownBy(reader::next).isInstanceOf(PacketFileException.class).hasMessageContaining(expected);
    }

    private static void section(ByteBuffer file) {
        ByteBuffer body = ByteBuffer.allocate(16).order(file.order());
        body.putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0).putLong(-1);
        block(file, 0x0a0d0d0a, body.array());
    }

    private static void networkInterface(ByteBuffer file, int linkType, int resolution) {
        ByteBuffer body = ByteBuffer.allocate(24).order(file.order());
        body.putShort((short) linkType).putShort((short) 0).putInt(0);
        body.putShort((short) 2).putShort((short) 2).put("lo".getBytes(UTF_8)).putShort((short) 0);
        body.putShort((short) 9).putShort((short) 1).put((byte) resolution);
        block(file, 1, body.array());
    }

    private static void packet(ByteBuffer file, long ticks, byte[] frame) {
        ByteBuffer body = ByteBuffer.allocate(20 + frame.length).order(file.order());
        body.putInt(0).putInt((int) (ticks >>> 32)).putInt((int) ticks);
        body.putInt(frame.length).putInt(frame.length).put(frame);
        block(file, 6, body.array());
    }

    private static void block(ByteBuffer file, int type, byte[] body) {
        int length = 12 + (body.length + 3 & ~3);
        int at = file.position();
        file.putInt(type).putInt(length).put(body);
        file.position(at + length - 4).putInt(length);
    }

    private static Packet only(byte[] file) throws IOException {
        PacketReader reader = PacketReader.of(new ByteArrayInputStream(file));
        return Objects.requireNonNull(reader.next());
    }

    private void isHello(Packet packet) {
        isHello(Objects.requireNonNull(decoder.decode(packet)));
    }

    private static void isHello(TcpSegment segment) {
        assertThat(UTF_8.decode(segment.payload().duplicate()).toString()).isEqualTo("hello");
        assertThat(segment.sequence()).isEqualTo(77);
        assertThat(segment.acknowledgment()).isEqualTo(88);
        assertThat(segment.source().port()).isEqualTo(40_000);
        assertThat(segment.target().port()).isEqualTo(5432);
        assertThat(segment.lost()).isZero();
    }
}
