/**
 * Sockets: their kind, their options, how they are written and closed, and what is said to a server before its startup packet.
 *
 * <p>Imports {@code config wire}; must never know a session.
 */
@NullMarked
package io.pgweir.net;

import org.jspecify.annotations.NullMarked;
