package io.pgweir.audit;

/**
 * The server that a session was given.
 *
 * @param address as configured, or as resolved: what the connection was made to
 * @param processId of BackendKeyData, 0 before it came
 */
public record ServerFacts(String address, int port, int processId) {}
