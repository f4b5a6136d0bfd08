package io.pgweir.wire;

import java.util.Objects;

/**
 * Where the values of one DataRow, Bind or FunctionCall lie: {@code count} times (Int32 length, bytes), walked once.
 *
 * <p>Reused; its arrays grow to the most values seen and fall back when a giant has passed.
 */
final class ValueTable {
    /** Length of a NULL. */
    static final int NULL = -1;

    /** Length of a value that is not whole in the bytes at hand. */
    static final int NOT_SEEN = -2;

    /** More values than this are kept room for only as long as the message that has them. */
    private static final int KEPT_MAX = 2048;

    private static final int INITIAL = 16;

    private int[] offsets = new int[INITIAL];
    private int[] lengths = new int[INITIAL];
    private int count;
    private int seen;

    /** Walks the values under {@code reader}, which faults where they do not add up. */
    void read(BodyReader reader, int claimed) {
        count = 0;
        seen = 0;
        if (!reader.fits(claimed, Integer.BYTES)) {
            return;
        }
        makeRoom(claimed);
        for (int i = 0; i < claimed; i++) {
            int length = reader.int32();
            offsets[i] = reader.at();
            lengths[i] = length;
            if (length != NULL) {
                reader.skip(length);
            }
            if (reader.fault() != null) {
                return;
            }
        }
        count = claimed;
        seen = claimed;
    }

    /** Walks as far as the head of a message goes: what is not whole in it gets {@link #NOT_SEEN}. */
    void readHead(BodyReader reader, int claimed) {
        makeRoom(Math.min(claimed, reader.remaining() / Integer.BYTES));
        count = claimed;
        seen = 0;
        while (seen < claimed && reader.remaining() >= Integer.BYTES) {
            int length = reader.int32();
            if (length < NULL) {
                reader.fail("value length: " + length + " (expected: -1 or more)");
            } else if (length > reader.remaining()) {
                return;
            } else {
                offsets[seen] = reader.at();
                lengths[seen] = length;
                reader.skip(Math.max(length, 0));
                seen++;
            }
        }
    }

    private void makeRoom(int claimed) {
        if (claimed > lengths.length || (lengths.length > KEPT_MAX && claimed <= KEPT_MAX)) {
            int room = Math.max(claimed, INITIAL);
            offsets = new int[room];
            lengths = new int[room];
        }
    }

    int count() {
        return count;
    }

    int length(int value) {
        return Objects.checkIndex(value, count) < seen ? lengths[value] : NOT_SEEN;
    }

    /** Of a value that was seen; 0 for others. */
    int offset(int value) {
        return Objects.checkIndex(value, count) < seen ? offsets[value] : 0;
    }
}
