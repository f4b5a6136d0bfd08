/**
 * Asks servers what they are, by SQL and with a login of its own. The only room with JDBC in it; what it asks never shares a
 * connection with a session.
 *
 * <p>Imports {@code topology} and {@code config}.
 */
@NullMarked
package io.pgweir.topology.probe;

import org.jspecify.annotations.NullMarked;
