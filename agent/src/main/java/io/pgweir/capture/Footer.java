package io.pgweir.capture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The last bytes of a file that was closed.
 *
 * <pre>
 *    0  u64 offset of the index block     24  u64 dropped messages    40  u32 CRC32C of bytes 0 to 39
 *    8  u64 blocks before the index       32  u64 dropped bytes       44  8 magic "PGCEND" CR LF
 *   16  u64 records
 * </pre>
 */
record Footer(long indexOffset, long blocks, long records, long droppedMessages, long droppedBytes) {
    static final int BYTES = 52;
    private static final int CRC_AT = 40;
    private static final byte[] MAGIC = "PGCEND\r\n".getBytes(StandardCharsets.US_ASCII);

    ByteBuffer write() {
        ByteBuffer footer = ByteBuffer.allocate(BYTES);
        footer.putLong(indexOffset)
                .putLong(blocks)
                .putLong(records)
                .putLong(droppedMessages)
                .putLong(droppedBytes);
        return footer.putInt(crc(footer)).put(MAGIC).flip();
    }

    /** Null where {@code bytes} are none. */
    static @Nullable Footer read(ByteBuffer bytes) {
        boolean whole = bytes.limit() == BYTES
                && bytes.slice(CRC_AT + Integer.BYTES, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))
                && bytes.getInt(CRC_AT) == crc(bytes);
        return whole
                ? new Footer(
                        bytes.getLong(0), bytes.getLong(8), bytes.getLong(16), bytes.getLong(24), bytes.getLong(32))
                : null;
    }

    private static int crc(ByteBuffer footer) {
        CRC32C crc = new CRC32C();
        crc.update(footer.slice(0, CRC_AT));
        return (int) crc.getValue();
    }
}
