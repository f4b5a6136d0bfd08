/**
 * What rules say: the moments they are asked at, what they may do, and the set that judges. Pure: no channel, no thread, no
 * file, and the time is told, not asked for.
 *
 * <p>Imports {@code session sql wire config telemetry}. Files are read in {@code rules.file}, expressions in {@code
 * rules.when}; both import this package, never the other way round.
 */
@NullMarked
package io.pgweir.rules;

import org.jspecify.annotations.NullMarked;
