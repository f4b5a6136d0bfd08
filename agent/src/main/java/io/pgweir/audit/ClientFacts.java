package io.pgweir.audit;

/**
 * Where a connection came in.
 *
 * @param listener name of the listener that accepted it
 * @param cluster name of the cluster that listener leads to
 * @param address of the client, as numbers
 */
public record ClientFacts(String listener, String cluster, String address, int port) {}
