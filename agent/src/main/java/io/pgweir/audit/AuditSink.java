package io.pgweir.audit;

import java.io.IOException;
import java.util.List;

/**
 * A place where records go, in words of its own {@link RecordFormat}. Called by one thread, which may wait in here: a sink is
 * never called on an event loop, and a slow one has a thread to itself where there is a spool.
 */
public interface AuditSink {
    /** Of logs, metrics and the sink's cursor in the spool: the same at the next start, and no other sink's. */
    String name();

    /**
     * Before the first write. A fault here stops the agent's start, so it is for what nobody can wait for: a directory that does
     * not exist, a setting that the client library refuses. A place that does not answer is no such thing.
     */
    void open() throws IOException;

    /**
     * Returns when the place has all of {@code batch} for good. Where it throws, all of it is given again later: a place that had
     * taken some sees them twice.
     */
    void write(List<AuditRecord> batch) throws IOException, InterruptedException;

    void close() throws IOException;
}
