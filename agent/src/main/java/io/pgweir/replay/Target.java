package io.pgweir.replay;

import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server that a capture is run on.
 *
 * @param database that all sessions use; null for each session's own
 * @param connectTimeout for a connection, and for TLS
 * @param answerTimeout after which a server that owes an answer and says nothing counts as lost
 */
public record Target(
        HostPort address,
        Logins logins,
        @Nullable String database,
        ServerTlsConfig tls,
        Duration connectTimeout,
        Duration answerTimeout) {}
