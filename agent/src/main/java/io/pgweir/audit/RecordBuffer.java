package io.pgweir.audit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A growing byte array that shows what it holds without a copy. One thread. */
public final class RecordBuffer extends ByteArrayOutputStream {
    public RecordBuffer(int bytes) {
        super(bytes);
    }

    /** The array itself; {@link #size()} bytes of it count, and the next write may replace it. */
    public byte[] array() {
        return buf;
    }

    /** What it holds, until the next write. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(buf, 0, count);
    }

    /** Forgets what lies behind {@code size} bytes. */
    public void cut(int size) {
        if (size > count) {
            throw new IllegalArgumentException("size: " + size + " (expected: at most " + count + ")");
        }
        count = size;
    }

    @Override
    public void writeBytes(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }
}
