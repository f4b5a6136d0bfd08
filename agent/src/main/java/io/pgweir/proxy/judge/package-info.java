/**
 * What the rules say of one session's requests, and what is counted for them: no channel, no byte of a message but parameters.
 *
 * <p>Imports {@code rules}, {@code audit}, {@code session}, {@code sql}, {@code wire} and {@code telemetry}; never {@code proxy} itself.
 */
@NullMarked
package io.pgweir.proxy.judge;

import org.jspecify.annotations.NullMarked;
