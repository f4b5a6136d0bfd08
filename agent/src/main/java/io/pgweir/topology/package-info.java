/**
 * Who is who in a cluster: nodes, roles, timelines and lag as immutable values, and what finders and askers of nodes must do.
 * The rooms: {@code patroni} and {@code dns} find nodes, {@code probe} asks them, {@code monitor} judges what they said and
 * publishes it.
 *
 * <p>Imports {@code config} and {@code telemetry}. Nothing here ever touches a session's connection.
 */
@NullMarked
package io.pgweir.topology;

import org.jspecify.annotations.NullMarked;
