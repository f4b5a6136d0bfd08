/**
 * All channel I/O of traffic: listeners, the relay, the session pair, TLS, cancel keys.
 *
 * <p>A handler holds the peer's channel, never the other handler.
 */
@NullMarked
package io.pgweir.proxy;

import org.jspecify.annotations.NullMarked;
