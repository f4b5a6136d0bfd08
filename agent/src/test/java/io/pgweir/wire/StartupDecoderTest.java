package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartupDecoderTest {

    /** The packet with its length word in front. */
    private static StartupPacket decode(Bytes afterLength) throws ProtocolException {
        byte[] rest = afterLength.array();
        byte[] packet = Bytes.of().int32(rest.length + 4).array();
        byte[] all = Arrays.copyOf(packet, 4 + rest.length);
        System.arraycopy(rest, 0, all, 4, rest.length);
        return StartupDecoder.decode(Bytes.lay(all, 0), Bytes.AT, all.length);
    }

    @Test
    void startupHasVersionAndParametersInOrder() throws ProtocolException {
        // When
        StartupPacket packet = decode(Bytes.of()
                .int32(196610)
                .string("user")
                .string("bob")
                .string("options")
                .string("")
                .int8(0));

        // Then
        assertThat(packet)
                .isEqualTo(new StartupPacket.Startup(
                        StartupPacket.PROTOCOL_3_2,
                        List.of(
                                new StartupPacket.Parameter("user", "bob"),
                                new StartupPacket.Parameter("options", ""))));
    }

    @Test
    void requestsAreTheirCode() throws ProtocolException {
        assertThat(decode(Bytes.of().int32(80877103))).isEqualTo(new StartupPacket.SslRequest());
        assertThat(decode(Bytes.of().int32(80877104))).isEqualTo(new StartupPacket.GssEncRequest());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00020000, 0x00040000, 0x12345678, 0})
    void versionsOfOtherMajorsComeWithoutParameters(int version) throws ProtocolException {
        assertThat(decode(Bytes.of().int32(version).text("anything at all")))
                .isEqualTo(new StartupPacket.Startup(version, List.of()));
    }

    @Test
    void minorVersionsOfTheFutureAreRead() throws ProtocolException {
        // When
        var startup = (StartupPacket.Startup)
                decode(Bytes.of().int32(0x0003270f).string("user").string("bob").int8(0));

        // Then
        assertThat(startup.minor()).isEqualTo(9999);
        assertThat(startup.parameter("user", "")).isEqualTo("bob");
    }

    @Test
    void cancelRequestHasAKeyOf4To256Bytes() throws ProtocolException {
        // When
        var four = (StartupPacket.CancelRequest) decode(Bytes.of().int32(80877102, 4711, 42));
        var most = (StartupPacket.CancelRequest)
                decode(Bytes.of().int32(80877102, 4711).int32(new int[64]));

        // Then
        assertThat(four.processId()).isEqualTo(4711);
        assertThat(four.key()).containsExactly(0, 0, 0, 42);
        assertThat(most.key()).hasSize(256);
        assertThatThrownBy(() -> decode(Bytes.of().int32(80877102, 4711).int16(1)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("length of cancel request: 14 (expected: 16 to 268), offset 0");
        assertThatThrownBy(() -> decode(Bytes.of().int32(80877102, 4711).int32(new int[65])))
                .isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 4, 7, 10005, Integer.MAX_VALUE})
    void lengthsOutOfBoundsAreRefused(int length) {
        assertThatThrownBy(() -> StartupDecoder.checkLength(length))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("length of startup packet: " + length + " (expected: 8 to 10004), offset 0");
    }

    @Test
    void parametersEndWithTheLastByte() {
        List<Bytes> packets = List.of(
                Bytes.of().int32(196608),
                Bytes.of().int32(196608).string("user").string("bob"),
                Bytes.of().int32(196608).string("user").int8(0),
                Bytes.of().int32(196608).string("user").text("bob"),
                Bytes.of().int32(196608).text("user"),
                Bytes.of().int32(196608).string("user").string("bob").int8(0).int8(0));
        for (Bytes packet : packets) {
            assertThatThrownBy(() -> decode(packet))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("(expected: a terminator as last byte, offset ");
        }
    }

    @Test
    void strayLastBytePassesAsItDoesInPostgres() throws ProtocolException {
        assertThat(decode(Bytes.of().int32(196608).string("user").string("bob").text("x")))
                .isEqualTo(new StartupPacket.Startup(196608, List.of(new StartupPacket.Parameter("user", "bob"))));
    }
}
