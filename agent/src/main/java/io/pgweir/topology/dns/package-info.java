/**
 * Finds nodes by names that may come to mean other addresses. A room with Netty's channels in it, of its own and on a thread of
 * its own: none of them ever carries traffic.
 *
 * <p>Imports {@code topology} and {@code config}.
 */
@NullMarked
package io.pgweir.topology.dns;

import org.jspecify.annotations.NullMarked;
