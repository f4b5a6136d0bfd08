package io.pgweir.capture;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands before a block's bytes.
 *
 * <pre>
 *    0  4 magic "PGCB"       8  u64 number         28  u64 first nanos     60  u32 CRC32C of the stored bytes
 *    4  u8 kind             16  u32 stored bytes   36  u64 last nanos      64  u32 CRC32C of bytes 0 to 63
 *    5  u8 codec            20  u32 plain bytes    44  u64 dropped messages
 *    6  u16 zero            24  u32 records        52  u64 dropped bytes
 * </pre>
 *
 * @param number from 0, counts every block of the file
 * @param droppedMessages told by gap records of this file, this block's included
 */
record BlockHead(
        Kind kind,
        Codec codec,
        long number,
        int stored,
        int plain,
        int records,
        long firstNanos,
        long lastNanos,
        long droppedMessages,
        long droppedBytes,
        int payloadCrc) {
    static final int BYTES = 68;

    /** What encryption vouches for; the checksums behind it are of what encryption made. */
    static final int SEALED_BYTES = 60;

    static final int MAGIC = 0x50474342;

    private static final int CRC_AT = 64;

    /** In the order of their codes. */
    enum Kind {
        RECORDS,
        INDEX;

        private static final Kind[] ALL = values();

        int bytesMax() {
            return this == RECORDS ? Limits.BLOCK_MAX : Limits.INDEX_MAX;
        }
    }

    /** In the order of their codes. */
    enum Codec {
        PLAIN,
        ZSTD;

        private static final Codec[] ALL = values();
    }

    ByteBuffer write() {
        ByteBuffer head = ByteBuffer.allocate(BYTES);
        head.putInt(MAGIC).put(Packed.code(kind)).put(Packed.code(codec)).putShort((short) 0);
        head.putLong(number).putInt(stored).putInt(plain).putInt(records);
        head.putLong(firstNanos).putLong(lastNanos).putLong(droppedMessages).putLong(droppedBytes);
        head.putInt(payloadCrc);
        return head.putInt(crc(head)).flip();
    }

    BlockHead ofStored(int bytes, int crc) {
        return new BlockHead(
                kind, codec, number, bytes, plain, records, firstNanos, lastNanos, droppedMessages, droppedBytes, crc);
    }

    /** Null where {@code bytes} are none. */
    static @Nullable BlockHead read(ByteBuffer bytes) {
        if (bytes.getInt(0) != MAGIC || bytes.getInt(CRC_AT) != crc(bytes)) {
            return null;
        }
        int kind = bytes.get(4);
        int codec = bytes.get(5);
        int stored = bytes.getInt(16);
        int plain = bytes.getInt(20);
        boolean known = kind >= 0 && kind < Kind.ALL.length && codec >= 0 && codec < Codec.ALL.length;
        if (!known || !fits(Kind.ALL[kind], stored, plain)) {
            return null;
        }
        return new BlockHead(
                Kind.ALL[kind],
                Codec.ALL[codec],
                bytes.getLong(8),
                stored,
                plain,
                bytes.getInt(24),
                bytes.getLong(28),
                bytes.getLong(36),
                bytes.getLong(44),
                bytes.getLong(52),
                bytes.getInt(60));
    }

    private static boolean fits(Kind kind, int stored, int plain) {
        int storedMax = kind.bytesMax() + BlockCipher.TAG_BYTES;
        return stored >= 0 && stored <= storedMax && plain >= 0 && plain <= kind.bytesMax();
    }

    private static int crc(ByteBuffer head) {
        CRC32C crc = new CRC32C();
        crc.update(head.slice(0, CRC_AT));
        return (int) crc.getValue();
    }
}
