/**
 * Chooses the node that takes a session. Pure: no channel, no thread, no clock and no randomness of its own; what became of a
 * choice is told to it.
 *
 * <p>Imports {@code topology}, {@code config} and {@code telemetry}.
 */
@NullMarked
package io.pgweir.routing;

import org.jspecify.annotations.NullMarked;
