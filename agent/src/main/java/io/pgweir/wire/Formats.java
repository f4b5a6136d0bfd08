package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The format codes of a Bind or FunctionCall where they lie: none (all text), one for all, or one each. */
final class Formats {
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int at;
    private int count;

    void read(BodyReader reader) {
        buffer = reader.buffer();
        int claimed = reader.count();
        at = reader.at();
        count = reader.fits(claimed, Short.BYTES) ? claimed : 0;
        reader.skip(count * Short.BYTES);
    }

    /** PostgreSQL refuses a list that is neither none, one, nor as long as the values. */
    void check(BodyReader reader, int values) {
        if (count > 1 && count != values) {
            reader.fail("format codes: " + count + " (expected: 0, 1 or " + values + ")");
        }
    }

    int format(int value) {
        return switch (count) {
            case 0 -> 0;
            case 1 -> buffer.getShort(at);
            default -> buffer.getShort(at + value * Short.BYTES);
        };
    }
}
