package io.pgweir.auth;

import java.util.concurrent.CompletionStage;

/** Where the secrets of roles are found. Any thread may ask; none ever waits. */
public interface Verifiers extends AutoCloseable {

    /**
     * Never fails: a source that does is a {@link Lookup.Unavailable}. Completes on a thread of the source's, or at once on the
     * caller's.
     */
    CompletionStage<Lookup> lookup(String user, String database);

    /**
     * Forgets what is kept of the role, so that the next login sees a password that has changed: a server has refused a key, or a
     * client's proof did not fit. What is younger than a second stays.
     */
    void invalidate(String user);

    /** Answers {@link Lookup.Unavailable} from then on. */
    @Override
    void close();
}
