package io.pgweir.proxy;

import io.pgweir.routing.Lease;
import io.pgweir.topology.Node;

/**
 * The node that a session was given.
 *
 * @param node as it was known when it was chosen
 * @param lease counts the session as the node's until it ends
 */
record Place(Node node, Lease lease) {}
