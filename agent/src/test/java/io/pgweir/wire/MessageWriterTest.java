package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the writer writes, the decoders read. */
class MessageWriterTest {
    private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private static BackendMessage read(ByteBuf message) {
        try {
            assertThat(message.getInt(1)).isEqualTo(message.readableBytes() - 1);
            return new BackendDecoder().decode(message.getByte(0), message, 5, message.readableBytes() - 5);
        } finally {
            message.release();
        }
    }

    private static StartupPacket readPacket(ByteBuf packet) throws ProtocolException {
        try {
            assertThat(packet.getInt(0)).isEqualTo(packet.readableBytes());
            return StartupDecoder.decode(packet, 0, packet.readableBytes());
        } finally {
            packet.release();
        }
    }

    @Test
    void errorResponseHasTheFieldsThatWereGiven() {
        // When
        BackendMessage whole = read(MessageWriter.errorResponse(
                ALLOCATOR, "FATAL", SqlState.CONNECTION_FAILURE, "server went away", "it said: ä", "try again"));
        BackendMessage least = read(
                MessageWriter.errorResponse(ALLOCATOR, "ERROR", SqlState.PROTOCOL_VIOLATION, "no\0pe", null, null));

        // Then
        assertThat(whole)
                .isEqualTo(new BackendMessage.ErrorResponse(new ErrorFields(
                        "FATAL",
                        "08006",
                        "server went away",
                        "it said: ä",
                        "try again",
                        0,
                        null,
                        null,
                        null,
                        null,
                        null)));
        assertThat(least)
                .isEqualTo(new BackendMessage.ErrorResponse(
                        new ErrorFields("ERROR", "08P01", "no pe", null, null, 0, null, null, null, null, null)));
    }

    @Test
    void errorResponseIsTheBytesOfTheManual() {
        // When
        ByteBuf message = MessageWriter.errorResponse(ALLOCATOR, "FATAL", "57P01", "m", null, null);

        // Then
        assertThat(ByteBufUtil.hexDump(message))
                .isEqualTo(
                        "45" + "0000001d" + "53464154414c00" + "56464154414c00" + "43353750303100" + "4d6d00" + "00");
        message.release();
    }

    @Test
    void authenticationSaslOffersMechanismsInOrder() {
        assertThat(read(MessageWriter.authenticationSasl(ALLOCATOR, List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"))))
                .isEqualTo(new BackendMessage.Authentication(10, List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")));
    }

    @Test
    void packetsReadAsWritten() throws ProtocolException {
        assertThat(readPacket(MessageWriter.sslRequest(ALLOCATOR))).isEqualTo(new StartupPacket.SslRequest());
        var cancel = (StartupPacket.CancelRequest)
                readPacket(MessageWriter.cancelRequest(ALLOCATOR, 4711, new byte[] {1, 2, 3, 4, 5}));
        assertThat(cancel.processId()).isEqualTo(4711);
        assertThat(cancel.key()).containsExactly(1, 2, 3, 4, 5);
    }
}
