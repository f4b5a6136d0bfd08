/**
 * Judges what finders and askers said of a cluster, and publishes the outcome. The judgement is pure: its time is told.
 *
 * <p>Imports {@code topology} and its rooms, {@code config}, {@code telemetry}.
 */
@NullMarked
package io.pgweir.topology.monitor;

import org.jspecify.annotations.NullMarked;
