package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicationDecoderTest {

    private static ReplicationMessage decode(byte[] body, int length) {
        return ReplicationDecoder.decode(Bytes.layBetween(body, 0x55), Bytes.AT, length);
    }

    private static ReplicationMessage decode(Bytes body) {
        return decode(body.array(), body.array().length);
    }

    @Test
    void messagesReadAsTheirRecords() {
        assertThat(decode(Bytes.of().text("w").int64(16, 32, 99).text("BEGIN")))
                .isEqualTo(new ReplicationMessage.XLogData(16, 32, 99, 5));
        assertThat(decode(Bytes.of().text("k").int64(32, 99).int8(1)))
                .isEqualTo(new ReplicationMessage.PrimaryKeepalive(32, 99, true));
        assertThat(decode(Bytes.of().text("r").int64(3, 2, 1, 99).int8(0)))
                .isEqualTo(new ReplicationMessage.StandbyStatusUpdate(3, 2, 1, 99, false));
        assertThat(decode(Bytes.of().text("h").int64(99).int32(4, 3, 2, 1)))
                .isEqualTo(new ReplicationMessage.HotStandbyFeedback(99, 4, 3, 2, 1));
    }

    @Test
    void whatIsCutOrOfAnotherLetterIsUnknown() {
        assertThat(decode(new byte[0], 0)).isEqualTo(new ReplicationMessage.Unknown((byte) 0, 0));
        assertThat(decode(Bytes.of().text("z"))).isEqualTo(new ReplicationMessage.Unknown((byte) 'z', 1));
        List<Bytes> bodies = List.of(
                Bytes.of().text("w").int64(16, 32, 99),
                Bytes.of().text("k").int64(32, 99).int8(1),
                Bytes.of().text("r").int64(3, 2, 1, 99).int8(0),
                Bytes.of().text("h").int64(99).int32(4, 3, 2, 1));
        for (Bytes body : bodies) {
            byte[] bytes = body.array();
            for (int length = 1; length < bytes.length; length++) {
                assertThat(decode(bytes, length)).isEqualTo(new ReplicationMessage.Unknown(bytes[0], length));
            }
        }
    }
}
