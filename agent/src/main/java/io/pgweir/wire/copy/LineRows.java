package io.pgweir.wire.copy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What text and csv share: lines that end with LF, CR or CR LF, and the finding of the bytes that mean something.
 *
 * <p>Eight bytes at a time are asked whether one of four is among them, which most are not.
 */
abstract sealed class LineRows extends CopyRows permits TextRows, CsvRows {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    private final boolean @Nullable [] leads;
    private final byte first;
    private final byte second;
    private final long firsts;
    private final long seconds;
    private final long feeds = ONES * '\n';
    private final long returns = ONES * '\r';

    private boolean header;
    private boolean afterReturn;
    private boolean inPair;
    private boolean ended;

    /** Nothing of the current line has been seen. */
    boolean atLineStart = true;

    /** {@code first} and {@code second}: what means something besides the line ends. */
    LineRows(boolean @Nullable [] leads, boolean header, byte first, byte second) {
        this.leads = leads;
        this.header = header;
        this.first = first;
        this.second = second;
        this.firsts = ONES * (first & 0xff);
        this.seconds = ONES * (second & 0xff);
    }

    /** One byte that means something, or the one after such a byte. */
    abstract void on(byte b);

    /** Whether the next byte must be looked at whatever it is. */
    abstract boolean isCurious();

    @Override
    public final void feed(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && !ended) {
            if (!inPair && !isCurious()) {
                int next = skip(bytes, at, to);
                if (next > at) {
                    atLineStart = false;
                    afterReturn = false;
                    at = next;
                    continue;
                }
            }
            take(bytes[at++]);
        }
    }

    private void take(byte b) {
        if (inPair) {
            inPair = false;
        } else if (leads != null && leads[b & 0xff]) {
            inPair = true;
            afterReturn = false;
            onPair();
        } else if (b == '\n' && afterReturn) {
            afterReturn = false;
        } else {
            afterReturn = false;
            on(b);
        }
    }

    /** A character of two bytes, seen at its first. */
    abstract void onPair();

    /** Index of the first byte from {@code at} that must be looked at, {@code to} where there is none. */
    private int skip(byte[] bytes, int from, int to) {
        int at = from;
        if (leads == null) {
            while (at + Long.BYTES <= to) {
                long eight = (long) LONGS.get(bytes, at);
                long found = zeroes(eight ^ feeds)
                        | zeroes(eight ^ returns)
                        | zeroes(eight ^ firsts)
                        | zeroes(eight ^ seconds);
                if (found != 0) {
                    return at + (Long.numberOfTrailingZeros(found) >>> 3);
                }
                at += Long.BYTES;
            }
        }
        while (at < to && !means(bytes[at])) {
            at++;
        }
        return at;
    }

    /** The high bit of each byte that is zero; bits above the lowest such byte may be wrong, the lowest never is. */
    private static long zeroes(long eight) {
        return (eight - ONES) & ~eight & HIGHS;
    }

    private boolean means(byte b) {
        return b == '\n' || b == '\r' || b == first || b == second || (leads != null && leads[b & 0xff]);
    }

    /** A line end outside of quotes: LF, or CR whose LF, if it comes, belongs to it. */
    final void endLine(byte b) {
        afterReturn = b == '\r';
        atLineStart = true;
        endRow();
    }

    private void endRow() {
        if (header) {
            header = false;
        } else {
            rows++;
        }
    }

    /** The end marker: what follows is no data. */
    final void end() {
        ended = true;
        atLineStart = true;
    }

    @Override
    public void finish() {
        if (!atLineStart && !ended) {
            endRow();
        }
        end();
    }

    /** Lines are lines: what is wrong within them only the server can say. */
    @Override
    public boolean broken() {
        return false;
    }
}
