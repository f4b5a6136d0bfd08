package io.pgweir.admin;

import io.pgweir.config.CaptureConfig.Sessions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Begins and ends captures. Any thread but a loop's. */
public interface CaptureControl {
    /**
     * What runs, or ran last.
     *
     * @param running whether it does
     * @param id of the capture; its files bear the first eight digits
     * @param sessions that are being captured
     * @param droppedMessages that did not fit into the queue
     * @param waitingBytes of the queue
     * @param full whether it ended because its directory has as much as it may
     */
    record Status(
            boolean running,
            String id,
            String dir,
            int sessions,
            long droppedMessages,
            long waitingBytes,
            boolean full) {}

    /** Null where none was ever begun. */
    @Nullable
    Status status();

    /** Of the configuration, what a capture is made of where nothing else is asked for. */
    Sessions sessions();

    /** Whether answers are left out, where nothing else is asked for. */
    boolean frontendOnly();

    /** Whether values are replaced, where nothing else is asked for. */
    boolean redacts();

    /** Whether there is a place for captures. */
    boolean isConfigured();

    /**
     * @return null where one runs already
     * @throws IOException where its first file cannot be made, or its key cannot be read
     */
    @Nullable
    Status start(Sessions sessions, boolean frontendOnly, boolean redact) throws IOException;

    /** Waits until it is on disk. @return null where none runs */
    @Nullable
    Status stop();
}
