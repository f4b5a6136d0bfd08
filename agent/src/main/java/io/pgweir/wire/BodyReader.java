package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body from front to back by absolute index and never beyond its end.
 *
 * <p>The first fault is kept as a sentence and turns every later read into a harmless zero, so that decoders read a body
 * straight through and ask once at the end. Reused; borrows the buffer until the next {@link #wrap}.
 */
final class BodyReader {
    private final TextCache names;
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int start;
    private int at;
    private int end;
    private Charset charset = StandardCharsets.UTF_8;
    private boolean cut;
    private @Nullable String fault;

    BodyReader(TextCache names) {
        this.names = names;
    }

    BodyReader wrap(ByteBuf body, int bodyAt, int bodyLength) {
        buffer = body;
        start = bodyAt;
        at = bodyAt;
        end = bodyAt + bodyLength;
        cut = false;
        fault = null;
        return this;
    }

    /** As {@link #wrap}, for a body of which only the head is at hand: a text may end where the head does. */
    BodyReader wrapHead(ByteBuf body, int bodyAt, int headLength) {
        wrap(body, bodyAt, headLength);
        cut = true;
        return this;
    }

    void charset(Charset next) {
        if (!next.equals(charset)) {
            charset = next;
            names.clear();
        }
    }

    ByteBuf buffer() {
        return buffer;
    }

    /** Absolute index of the next byte to read. */
    int at() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    /** The first fault, null while all is well. */
    @Nullable
    String fault() {
        return fault;
    }

    /** {@code reason} says what was found and what was expected; where is added here. */
    void fail(String reason) {
        if (fault == null) {
            fault = reason + ", offset " + (at - start);
        }
        at = end;
    }

    private boolean lacks(int bytes, String what) {
        if (bytes <= end - at && bytes >= 0) {
            return false;
        }
        fail("bytes left: " + (end - at) + " (expected: " + what + ")");
        return true;
    }

    byte int8() {
        return lacks(1, "Byte1") ? 0 : buffer.getByte(at++);
    }

    /** Unsigned: the counts of the protocol go to 65535. */
    int count() {
        if (lacks(2, "Int16")) {
            return 0;
        }
        int value = buffer.getUnsignedShort(at);
        at += 2;
        return value;
    }

    short int16() {
        return (short) count();
    }

    int int32() {
        if (lacks(4, "Int32")) {
            return 0;
        }
        int value = buffer.getInt(at);
        at += 4;
        return value;
    }

    /** Whether {@code count} things of at least {@code bytesEach} can lie ahead; asked before room is made for them. */
    boolean fits(int count, int bytesEach) {
        return fault == null && !lacksMany((long) count * bytesEach, count);
    }

    private boolean lacksMany(long bytes, int count) {
        if (bytes <= end - at) {
            return false;
        }
        fail("bytes left: " + (end - at) + " (expected: at least " + bytes + " for a count of " + count + ")");
        return true;
    }

    void skip(int bytes) {
        if (bytes < 0) {
            fail("value length: " + bytes + " (expected: -1 or more)");
        } else if (bytes > end - at) {
            fail("bytes left: " + (end - at) + " (expected: " + bytes + ")");
        } else {
            at += bytes;
        }
    }

    /** A text that rarely comes twice; of one that is cut, its whole characters. */
    String text() {
        int terminator = terminator();
        String text = "";
        if (terminator == end) {
            text = TextHead.decode(buffer, at, end - at, charset);
        } else if (terminator > at) {
            text = buffer.toString(at, terminator - at, charset);
        }
        step(terminator);
        return text;
    }

    /** A text that comes again and again: a name, a tag, a SQLSTATE. */
    String name() {
        int terminator = terminator();
        String name = terminator > at ? names.text(buffer, at, terminator - at, charset) : "";
        step(terminator);
        return name;
    }

    /** Steps over a text that nobody reads. */
    void skipText() {
        step(terminator());
    }

    private void step(int terminator) {
        at = Math.min(terminator + 1, end);
    }

    /** Index of the zero byte that ends the text here, or of the end where it is cut or missing. */
    private int terminator() {
        int terminator = at < end ? buffer.indexOf(at, end, (byte) 0) : -1;
        if (terminator >= 0) {
            return terminator;
        }
        if (!cut) {
            fail("bytes left: " + (end - at) + " without a zero byte (expected: String)");
        }
        return end;
    }

    /** Faults where bytes are left over. */
    void end() {
        if (at != end) {
            fail("bytes left: " + (end - at) + " (expected: 0)");
        }
    }
}
