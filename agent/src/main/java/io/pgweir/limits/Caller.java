package io.pgweir.limits;

/**
 * Who asks for a session.
 *
 * @param listenerMax sessions at once of the listener
 * @param address of the client
 */
public record Caller(String listener, int listenerMax, String cluster, String user, String database, String address) {}
