/**
 * Asks servers what they are, by SQL and with a login of its own. What it asks never shares a
 * connection with a session.
 *
 * <p>Imports {@code topology}, {@code auth} for the login, and {@code config}.
 */
@NullMarked
package io.pgweir.topology.probe;

import org.jspecify.annotations.NullMarked;
