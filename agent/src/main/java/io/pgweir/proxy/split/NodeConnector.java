package io.pgweir.proxy.split;

import io.netty.util.concurrent.Future;
import io.pgweir.topology.Node;

/** Where a session gets its connections from. On the session's event loop. */
public interface NodeConnector {
    /** To a node that reads may go to; fails where there is none. Cancelled where nobody waits any more. */
    Future<NodeConnection> reader();

    /** To the node that leads; fails where nobody knows one. Cancelled where nobody waits any more. */
    Future<NodeConnection> leader();

    /** Name of the cluster. */
    String cluster();

    /** Somebody misses a node: who is what may have changed. */
    void look();

    /** Whether what leads is about to be changed, and everybody waits. */
    boolean isPaused();

    /** Whether writes may still go to a node that they went to so far. */
    boolean mayLead(Node node);

    /** For each of TCP, TLS and a login. */
    long timeoutMillis();

    /** Whether reads may still go to a node that they went to so far. */
    boolean mayStay(Node node);

    /** How far that node was behind its leader when it was last looked at; -1 where nobody knows. */
    long lagBytes(Node node);
}
