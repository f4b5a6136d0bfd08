/**
 * {@code mode: split}: one client's session on several nodes. To the session pair it looks like one server behind one socket.
 *
 * <p>Imports {@code proxy.relay} and floors below; never {@code proxy} itself.
 */
@NullMarked
package io.pgweir.proxy.split;

import org.jspecify.annotations.NullMarked;
