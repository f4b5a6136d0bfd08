/**
 * Counters and gauges, their names and help. Imports nothing of ours.
 */
@NullMarked
package io.pgweir.telemetry;

import org.jspecify.annotations.NullMarked;
