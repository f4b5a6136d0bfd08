package io.pgweir.audit;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where the writer puts sealed records: a spool that sinks read, or the sinks themselves. Writer thread, but for open. */
public interface Journal {
    /** Before the first append. A fault stops the agent's start. */
    void open() throws IOException;

    /** Where the trail ended that was there before; null where there was none. */
    @Nullable
    Resumed resumed();

    /** Takes one record. Where it throws, the record is not taken and may be given again. */
    void append(AuditEvent event, byte[] array, int offset, int length) throws IOException;

    /** What was appended is safe when it returns. Where it throws, nothing of it may be taken for safe. */
    void force() throws IOException;

    /** How long what was appended may wait for {@link #force}. */
    Duration forceInterval();

    /** How much of it may wait. */
    int forceBytes();

    /** Nothing is appended any more; sinks get {@code wait} to take what they have not. */
    void close(Duration wait) throws IOException;
}
