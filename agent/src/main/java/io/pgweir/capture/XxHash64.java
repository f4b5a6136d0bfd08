package io.pgweir.capture;

import io.netty.buffer.ByteBuf;

/**
 * XXH64 with seed 0 over bytes that come in pieces. Reused; allocates nothing. One thread.
 *
 * @see <a href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md">xxHash specification</a>
 */
final class XxHash64 {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;
    /** Their sum, modulo 2^64. */
    private static final long P1_AND_P2 = 0x60EA27EEADC0B5D6L;

    private static final int STRIPE_BYTES = 32;

    private final byte[] kept = new byte[STRIPE_BYTES];
    private int keptBytes;
    private long length;
    private long lane1;
    private long lane2;
    private long lane3;
    private long lane4;

    XxHash64() {
        reset();
    }

    void reset() {
        lane1 = P1_AND_P2;
        lane2 = P2;
        lane3 = 0;
        lane4 = -P1;
        keptBytes = 0;
        length = 0;
    }

    void update(ByteBuf from, int start, int count) {
        int at = start;
        int end = start + count;
        length += count;
        if (keptBytes > 0) {
            int fill = Math.min(STRIPE_BYTES - keptBytes, count);
            from.getBytes(at, kept, keptBytes, fill);
            keptBytes += fill;
            at += fill;
            if (keptBytes < STRIPE_BYTES) {
                return;
            }
            stripe(kept(0), kept(8), kept(16), kept(24));
            keptBytes = 0;
        }
        for (; end - at >= STRIPE_BYTES; at += STRIPE_BYTES) {
            stripe(from.getLongLE(at), from.getLongLE(at + 8), from.getLongLE(at + 16), from.getLongLE(at + 24));
        }
        from.getBytes(at, kept, 0, end - at);
        keptBytes = end - at;
    }

    /** The hash of what came since the last one. */
    long finish() {
        long hash = length < STRIPE_BYTES ? P5 : merged();
        hash += length;
        int at = 0;
        for (; keptBytes - at >= Long.BYTES; at += Long.BYTES) {
            hash = Long.rotateLeft(hash ^ round(0, kept(at)), 27) * P1 + P4;
        }
        if (keptBytes - at >= Integer.BYTES) {
            hash = Long.rotateLeft(hash ^ (kept4(at) * P1), 23) * P2 + P3;
            at += Integer.BYTES;
        }
        for (; at < keptBytes; at++) {
            hash = Long.rotateLeft(hash ^ ((kept[at] & 0xff) * P5), 11) * P1;
        }
        reset();
        hash = (hash ^ (hash >>> 33)) * P2;
        hash = (hash ^ (hash >>> 29)) * P3;
        return hash ^ (hash >>> 32);
    }

    private void stripe(long first, long second, long third, long fourth) {
        lane1 = round(lane1, first);
        lane2 = round(lane2, second);
        lane3 = round(lane3, third);
        lane4 = round(lane4, fourth);
    }

    private long merged() {
        long hash = Long.rotateLeft(lane1, 1)
                + Long.rotateLeft(lane2, 7)
                + Long.rotateLeft(lane3, 12)
                + Long.rotateLeft(lane4, 18);
        hash = merge(hash, lane1);
        hash = merge(hash, lane2);
        hash = merge(hash, lane3);
        return merge(hash, lane4);
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * P1 + P4;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * P2, 31) * P1;
    }

    private long kept(int at) {
        return kept4(at) | kept4(at + Integer.BYTES) << 32;
    }

    private long kept4(int at) {
        return (kept[at] & 0xffL)
                | (kept[at + 1] & 0xffL) << 8
                | (kept[at + 2] & 0xffL) << 16
                | (kept[at + 3] & 0xffL) << 24;
    }
}
