package io.pgweir.audit;

import org.jspecify.annotations.Nullable;

/**
 * How a connection ended.
 *
 * @param cause the proxy's enum constant, in lower case
 * @param sqlState that the client was told, null where none
 * @param bytesFromClient of everything that came from the client, above TLS
 * @param bytesFromServer of everything that came from the server, above TLS
 */
public record EndFacts(String cause, @Nullable String sqlState, long bytesFromClient, long bytesFromServer) {}
