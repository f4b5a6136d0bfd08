/**
 * What captures say: which statement each request ran, and what all of them make up.
 *
 * <p>Imports {@code capture sql wire}; must never know a channel of the proxy.
 */
@NullMarked
package io.pgweir.replay;

import org.jspecify.annotations.NullMarked;
