package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicationHeadTest {
    private static final Bytes XLOG = Bytes.of().text("w").int64(16, 32, 99).text("BEGIN");
    private static final Bytes KEEPALIVE = Bytes.of().text("k").int64(32, 99).int8(1);
    private static final Bytes STATUS = Bytes.of().text("r").int64(3, 2, 1, 99).int8(0);
    private static final Bytes FEEDBACK = Bytes.of().text("h").int64(99).int32(4, 3, 2, 1);

    private final ReplicationHead head = new ReplicationHead();
    private int data;

    /** Cut at {@code cut}: where it became whole, its letter and its position; and the bytes behind it. */
    private String read(byte[] body, int cut) {
        ByteBuf buffer = Bytes.layBetween(body, 0x55);
        boolean first = head.read(buffer, Bytes.AT, cut, true);
        data = head.dataLength();
        boolean second = head.read(buffer, Bytes.AT + cut, body.length - cut, false);
        data += head.dataLength();
        assertThat(first && second).isFalse();
        return first || second ? (char) head.type() + " " + head.position() + " " + data : "passed over";
    }

    @Test
    void headsAreReadHoweverTheyAreCut() {
        for (int cut = 1; cut <= 30; cut++) {
            assertThat(read(XLOG.array(), cut)).isEqualTo("w 16 5");
            assertThat(read(STATUS.array(), cut)).isEqualTo("r 2 0");
            assertThat(read(FEEDBACK.array(), Math.min(cut, 25))).isEqualTo("passed over");
            assertThat(read(KEEPALIVE.array(), Math.min(cut, 18))).isEqualTo("k 32 0");
        }
    }

    @Test
    void whatIsCutShortOrOfAnotherLetterIsPassedOver() {
        assertThat(read(new byte[0], 0)).isEqualTo("passed over");
        assertThat(read(Bytes.of().text("z").array(), 1)).isEqualTo("passed over");
        for (Bytes body : List.of(Bytes.of().text("w").int64(16, 32, 99), KEEPALIVE, STATUS)) {
            byte[] bytes = body.array();
            for (int length = 1; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThat(read(cut, length / 2)).isEqualTo("passed over");
            }
        }
    }
}
