package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import io.pgweir.rules.Masking;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * The first and the last characters of a text, and the fill once for each between; all of it is filled where more than half
 * would show. Characters are the client encoding's, not bytes.
 */
final class PartialMask implements ValueMask {
    private final int first;
    private final int last;
    private final byte[] fill;
    private final Charset charset;
    private final Width width;

    /** How many bytes a character has. */
    private enum Width {
        ONE,
        UTF8,
        OTHER
    }

    PartialMask(Masking.Partial how, Charset charset) {
        this.first = how.first();
        this.last = how.last();
        this.fill = how.fill().getBytes(charset);
        this.charset = charset;
        if (charset.equals(StandardCharsets.UTF_8)) {
            width = Width.UTF8;
        } else {
            width = charset.newEncoder().maxBytesPerChar() <= 1 ? Width.ONE : Width.OTHER;
        }
    }

    @Override
    public boolean write(ByteBuf in, int at, int length, ByteBuf out) {
        switch (width) {
            case ONE -> write(in, at, length, length, out);
            case UTF8 -> write(in, at, length, characters(in, at, at + length), out);
            case OTHER -> writeDecoded(in.toString(at, length, charset), out);
        }
        return true;
    }

    private boolean hidesAll(int characters) {
        return 2L * first + 2L * last > characters;
    }

    private void write(ByteBuf in, int at, int length, int characters, ByteBuf out) {
        if (hidesAll(characters)) {
            fill(characters, out);
            return;
        }
        int shown = skip(in, at, at + length, first);
        int rest = skip(in, shown, at + length, characters - first - last);
        out.writeBytes(in, at, shown - at);
        fill(characters - first - last, out);
        out.writeBytes(in, rest, at + length - rest);
    }

    private void fill(int times, ByteBuf out) {
        if (fill.length == 1) {
            out.ensureWritable(times);
            for (int i = 0; i < times; i++) {
                out.writeByte(fill[0]);
            }
            return;
        }
        for (int i = 0; i < times; i++) {
            out.writeBytes(fill);
        }
    }

    /** Index behind {@code count} characters from {@code from}. */
    private int skip(ByteBuf in, int from, int to, int count) {
        if (width == Width.ONE) {
            return from + count;
        }
        int at = from;
        for (int left = count; at < to; at++) {
            if (isFirst(in.getByte(at)) && left-- == 0) {
                return at;
            }
        }
        return at;
    }

    private static int characters(ByteBuf in, int from, int to) {
        int count = 0;
        for (int at = from; at < to; at++) {
            count += isFirst(in.getByte(at)) ? 1 : 0;
        }
        return count;
    }

    /** Of a character in UTF-8. */
    private static boolean isFirst(byte b) {
        return (b & 0xc0) != 0x80;
    }

    private void writeDecoded(String text, ByteBuf out) {
        int characters = text.codePointCount(0, text.length());
        if (hidesAll(characters)) {
            fill(characters, out);
            return;
        }
        int shown = text.offsetByCodePoints(0, first);
        int rest = text.offsetByCodePoints(text.length(), -last);
        out.writeCharSequence(text.substring(0, shown), charset);
        fill(characters - first - last, out);
        out.writeCharSequence(text.substring(rest), charset);
    }
}
