package io.pgweir.audit;

import org.jspecify.annotations.Nullable;

/**
 * How a connection ended.
 *
 * @param cause the proxy's enum constant, in lower case
 * @param sqlState that the client was told, null where none
 * @param bytesFromClient of everything that came from the client, above TLS
 * @param bytesFromServer of everything that came from the server, above TLS
 * @param opaque whether pgweir, by a fault of its own, understood nothing any more from some moment on: what was executed then
 *     has no records
 */
public record EndFacts(
        String cause, @Nullable String sqlState, long bytesFromClient, long bytesFromServer, boolean opaque) {}
