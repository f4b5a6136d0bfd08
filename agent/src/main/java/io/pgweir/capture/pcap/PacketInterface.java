package io.pgweir.capture.pcap;

import java.nio.ByteBuffer;

/**
 * Where packets of a pcapng file come from.
 *
 * <pre>
 *   Int16 link type, Int16, Int32 longest packet, options   Int16 code, Int16 length, value, padding to 4 bytes
 * </pre>
 *
 * @param bytesMax of a packet that is captured
 * @param base two or ten
 * @param exponent a tick is a second divided by base to that power
 * @param offsetSeconds to be added to each time
 */
record PacketInterface(int linkType, long bytesMax, int base, int exponent, long offsetSeconds) {
    private static final int OPTION_END = 0;
    private static final int OPTION_RESOLUTION = 9;
    private static final int OPTION_OFFSET = 14;
    private static final int POWER_OF_TWO = 0x80;
    private static final int HEADER_BYTES = 8;
    private static final int MICROSECONDS = 6;

    /** 2^63 and 10^18 are the last powers within a long. */
    private static final int TWO_EXPONENT_MAX = 63;

    private static final int TEN_EXPONENT_MAX = 18;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** 2255: what is later is no time of this world, and would overflow. */
    private static final long SECONDS_MAX = 9_000_000_000L;

    static PacketInterface read(ByteBuffer body, long at) throws PacketFileException {
        if (body.remaining() < HEADER_BYTES) {
            throw new PacketFileException(
                    "interface of " + body.remaining() + " bytes (expected: at least " + HEADER_BYTES + ")", at);
        }
        int linkType = Short.toUnsignedInt(body.getShort(0));
        long bytesMax = Integer.toUnsignedLong(body.getInt(Integer.BYTES));
        int resolution = MICROSECONDS;
        long offset = 0;
        body.position(HEADER_BYTES);
        while (body.remaining() >= Integer.BYTES) {
            int code = Short.toUnsignedInt(body.getShort());
            int length = Short.toUnsignedInt(body.getShort());
            if (code == OPTION_END || length > body.remaining()) {
                break;
            }
            if (code == OPTION_RESOLUTION && length >= 1) {
                resolution = Byte.toUnsignedInt(body.get(body.position()));
            } else if (code == OPTION_OFFSET && length >= Long.BYTES) {
                offset = body.getLong(body.position());
            }
            body.position(Math.min(body.limit(), body.position() + (length + 3 & ~3)));
        }
        boolean two = (resolution & POWER_OF_TWO) != 0;
        int exponent = resolution & ~POWER_OF_TWO;
        int max = two ? TWO_EXPONENT_MAX : TEN_EXPONENT_MAX;
        if (exponent > max) {
            throw new PacketFileException(
                    "resolution of time: " + (two ? "2" : "10") + "^-" + exponent + " s (expected: an exponent up to "
                            + max + ")",
                    at);
        }
        return new PacketInterface(linkType, bytesMax == 0 ? Long.MAX_VALUE : bytesMax, two ? 2 : 10, exponent, offset);
    }

    /** @param ticks since 1970, without a sign */
    long epochNanos(long ticks) {
        long perSecond = 1;
        for (int i = 0; i < exponent; i++) {
            perSecond *= base;
        }
        long seconds = Long.divideUnsigned(ticks, perSecond);
        long rest = Long.remainderUnsigned(ticks, perSecond);
        long all = Math.clamp(seconds, 0, SECONDS_MAX) + Math.clamp(offsetSeconds, -SECONDS_MAX, SECONDS_MAX);
        return Math.clamp(all, 0, SECONDS_MAX) * NANOS_PER_SECOND + nanos(rest, perSecond);
    }

    /** Of a part of a second: exact where the product fits, within a nanosecond where it does not. */
    private static long nanos(long rest, long perSecond) {
        return perSecond > 0 && perSecond <= NANOS_PER_SECOND
                ? rest * NANOS_PER_SECOND / perSecond
                : (long) ((double) rest / Math.abs((double) perSecond) * NANOS_PER_SECOND);
    }
}
