package io.pgweir.proxy.tap;

import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureWriter;
import io.pgweir.capture.CapturedSession;
import io.pgweir.config.CaptureConfig.Sessions;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A capture that runs, and which sessions are in it. Any thread. */
public final class Capture {
    private final CaptureWriter writer;
    private final Sessions sessions;
    private final AtomicInteger open = new AtomicInteger();

    public Capture(CaptureWriter writer, Sessions sessions) {
        this.writer = writer;
        this.sessions = sessions;
    }

    /**
     * A session of that user and database begins, or is found open. On its event loop.
     *
     * @return null where it is not wanted
     */
    public @Nullable CapturedSession begin(SessionOpen session, long at) {
        if (!sessions.wants(session.user(), session.database())
                || ThreadLocalRandom.current().nextInt(sessions.sample()) != 0) {
            return null;
        }
        open.incrementAndGet();
        return writer.open(at, session);
    }

    /** One that {@link #begin} took is over. */
    public void onEnd() {
        open.decrementAndGet();
    }

    /** Sessions that are being captured. */
    public int openSessions() {
        return open.get();
    }

    public CaptureWriter writer() {
        return writer;
    }
}
