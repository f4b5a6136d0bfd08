/**
 * What the two streams of a session <em>mean</em>: phase, transaction, statements, portals, outstanding requests, executions.
 *
 * <p>Imports {@code wire} and {@code sql}. No I/O, no channel, no clock of its own.
 */
@NullMarked
package io.pgweir.session;

import org.jspecify.annotations.NullMarked;
