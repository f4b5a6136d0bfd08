package io.pgweir.audit;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A place where encoded records go. Writer thread only. A sink that throws has not taken the batch: the trail counts the
 * records and goes on; the next {@link #write} is the sink's chance to recover.
 */
public interface LineSink {
    /** Of logs and metrics. */
    String name();

    /** Before the first write; a fault here stops the agent's start. */
    void open() throws IOException;

    /** Whole lines, each with its line feed. All of them, or an exception. The buffer is the caller's and reused. */
    void write(ByteBuffer lines) throws IOException;

    /** Pushes on what the sink holds back. Called when the queue is empty. */
    void flush() throws IOException;

    void close() throws IOException;
}
