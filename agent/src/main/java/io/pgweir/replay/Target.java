package io.pgweir.replay;

import io.pgweir.auth.Password;
import io.pgweir.config.HostPort;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server that a capture is run on.
 *
 * @param user that all sessions log in as; null for each session's own
 * @param database that all sessions use; null for each session's own
 * @param password of whoever logs in; null where the server asks for none
 * @param timeout for a connection and a login, each
 */
public record Target(
        HostPort address,
        @Nullable String user,
        @Nullable String database,
        @Nullable Password password,
        Duration timeout) {}
