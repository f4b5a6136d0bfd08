package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderReaderTest {
    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final Peer PROXY = new Peer(InetAddress.getLoopbackAddress(), "127.0.0.1", 7, null);
    private static final byte[] REST = "what the client says".getBytes(StandardCharsets.US_ASCII);

    private final List<Peer> told = new ArrayList<>();

    /** A header, and the client that it names: address and port; the proxy's own where it names none. */
    record Header(byte[] bytes, String client) {}

    static List<Header> headers() {
        byte[] tcp4 = concat(ip("192.0.2.1"), ip("198.51.100.9"), ports(49152, 5432));
        byte[] tcp6 = concat(ip("2001:db8::1"), ip("2001:db8::2"), ports(49152, 5432));
        byte[] unix = Arrays.copyOf("/run/app.sock".getBytes(StandardCharsets.US_ASCII), 216);
        byte[] tlvs = concat(tlv(0x05, "an id"), tlv(0xE0, "anything"), tlv(0x03, "crc!"));
        return List.of(
                v1("PROXY TCP4 192.0.2.1 198.51.100.9 49152 5432", "192.0.2.1 49152"),
                v1("PROXY TCP6 2001:db8::1 2001:db8::2 49152 5432", "2001:db8:0:0:0:0:0:1 49152"),
                v1("PROXY UNKNOWN", "127.0.0.1 7"),
                v1("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535", "127.0.0.1 7"),
                v2(0x21, 0x11, tcp4, "192.0.2.1 49152"),
                v2(0x21, 0x11, concat(tcp4, tlvs), "192.0.2.1 49152"),
                v2(0x21, 0x21, tcp6, "2001:db8:0:0:0:0:0:1 49152"),
                v2(0x21, 0x31, unix, "/run/app.sock 0"),
                v2(0x21, 0x00, new byte[0], "127.0.0.1 7"),
                v2(0x20, 0x00, new byte[0], "127.0.0.1 7"),
                v2(0x20, 0x11, tcp4, "127.0.0.1 7"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void theClientIsToldWhereverTheBytesAreCut(Header header) {
        byte[] all = concat(header.bytes(), REST);
        for (int cut = 0; cut <= all.length; cut++) {
            // Given
            told.clear();
            EmbeddedChannel channel = channel();

            // When
            channel.writeInbound(Unpooled.copiedBuffer(all, 0, cut), Unpooled.copiedBuffer(all, cut, all.length - cut));

            // Then
            assertThat(told)
                    .as("cut at %d", cut)
                    .singleElement()
                    .satisfies(
                            peer -> assertThat(peer.text() + " " + peer.port()).isEqualTo(header.client()));
            assertThat(rest(channel)).isEqualTo(REST);
            assertThat(channel.pipeline().first()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("headers")
    void aByteThatIsAnotherIsAnotherClientOrAnEnd(Header header) {
        Random random = new Random(7);
        for (int at = 0; at < header.bytes().length; at++) {
            // Given
            byte[] damaged = header.bytes().clone();
            damaged[at] ^= (byte) (1 + random.nextInt(255));
            told.clear();
            EmbeddedChannel channel = channel();

            // When
            boolean refused = isRefused(channel, concat(damaged, REST));

            // Then
            assertThat(told.size() + (refused ? 1 : 0)).as("byte %d", at).isLessThanOrEqualTo(1);
            end(channel);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\r\n\r\n........",
                "PROXY TCP4 192.0.2.1 198.51.100.9 49152\r\n",
                "PROXY TCP4 host 198.51.100.9 49152 5432\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.9 70000 5432\r\n",
                "PROXY TCP4 2001:db8::1 2001:db8::2 49152 5432\r\n",
                "PROXY UDP4 192.0.2.1 198.51.100.9 49152 5432\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.9 49152 5432 and much that has no end ........................................................."
            })
    void whatIsNoHeaderIsRefused(String text) {
        // Given
        EmbeddedChannel channel = channel();

        // When
        boolean refused = isRefused(channel, text.getBytes(StandardCharsets.US_ASCII));

        // Then
        assertThat(refused).isTrue();
        assertThat(told).isEmpty();
        assertThat(channel.isOpen()).isFalse();
        end(channel);
    }

    @Test
    void aHeaderThatPromisesMoreThanThereMayBeIsRefused() {
        // Given
        EmbeddedChannel channel = channel();
        byte[] header = v2(0x21, 0x11, new byte[60_000], "").bytes();

        // When
        boolean refused = isRefused(channel, Arrays.copyOf(header, 9_000));

        // Then
        assertThat(refused).isTrue();
        end(channel);
    }

    private EmbeddedChannel channel() {
        EmbeddedChannel channel = new EmbeddedChannel();
        ProxyHeaderReader.addTo(channel.pipeline(), PROXY, told::add);
        return channel;
    }

    private static boolean isRefused(EmbeddedChannel channel, byte[] bytes) {
        try {
            channel.writeInbound(Unpooled.copiedBuffer(bytes));
            return false;
        } catch (DecoderException refused) {
            return true;
        }
    }

    /** What is left is no header either, and is told so once more. */
    private static void end(EmbeddedChannel channel) {
        try {
            channel.finishAndReleaseAll();
        } catch (DecoderException again) {
            assertThat(channel.isOpen()).isFalse();
        }
    }

    private static byte[] rest(EmbeddedChannel channel) {
        byte[] all = {};
        for (ByteBuf piece = channel.readInbound(); piece != null; piece = channel.readInbound()) {
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes).release();
            all = concat(all, bytes);
        }
        return all;
    }

    private static Header v1(String line, String client) {
        return new Header((line + "\r\n").getBytes(StandardCharsets.US_ASCII), client);
    }

    private static Header v2(int command, int family, byte[] addresses, String client) {
        byte[] head = ByteBuffer.allocate(4)
                .put((byte) command)
                .put((byte) family)
                .putShort((short) addresses.length)
                .array();
        return new Header(concat(SIGNATURE, head, addresses), client);
    }

    private static byte[] ip(String address) {
        return Objects.requireNonNull(NetUtil.createByteArrayFromIpAddressString(address));
    }

    private static byte[] ports(int from, int to) {
        return ByteBuffer.allocate(4)
                .putShort((short) from)
                .putShort((short) to)
                .array();
    }

    private static byte[] tlv(int type, String value) {
        return ByteBuffer.allocate(3 + value.length())
                .put((byte) type)
                .putShort((short) value.length())
                .put(value.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    private static byte[] concat(byte[]... parts) {
        return io.pgweir.lab.Frontend.concat(parts);
    }
}
