package io.pgweir.proxy.split;

import io.pgweir.config.HostPort;

/**
 * Where what is answered from here on was sent, told in its place between the answers.
 *
 * @param node its name in the topology
 * @param role as the topology calls it
 * @param reason why there: a word that people count by
 * @param retries how many nodes were asked before, in vain
 * @param processId of the server process
 * @param lagBytes how far the node was behind its leader when it was last looked at; -1 where nobody knows, or it leads
 * @param minLsn where it had to have replayed the WAL to; 0 for anywhere
 */
public record Route(
        HostPort host,
        String node,
        String role,
        String reason,
        int retries,
        int processId,
        long lagBytes,
        long minLsn) {}
