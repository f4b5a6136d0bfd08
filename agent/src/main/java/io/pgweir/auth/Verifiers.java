package io.pgweir.auth;

import java.util.concurrent.CompletionStage;

/** Where the secrets of roles are found. Any thread may ask; none ever waits. */
public interface Verifiers extends AutoCloseable {

    /**
     * Never fails: a source that does is a {@link Lookup.Unavailable}. Completes on a thread of the source's, or at once on the
     * caller's.
     */
    CompletionStage<Lookup> lookup(String user, String database);

    /** Forgets what it keeps of the role: a server has refused a key that its secret let through. */
    void invalidate(String user);

    /** Answers {@link Lookup.Unavailable} from then on. */
    @Override
    void close();
}
