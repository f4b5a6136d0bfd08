package io.pgweir.auth;

import io.pgweir.config.HostPort;
import java.util.concurrent.CompletionStage;

/** Passwords that servers take from whoever may make them, one for each server and role. Any thread may ask; none ever waits. */
public interface NodeTokens extends AutoCloseable {

    /** Fails with a message for a log. The node's name must be the one that the server knows itself by. */
    CompletionStage<Password> token(HostPort node, String user);

    /** A server has refused one. */
    void invalidate(String user);

    @Override
    void close();
}
