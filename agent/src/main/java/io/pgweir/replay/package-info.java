/**
 * What captures say: which statement each request ran, and what all of them make up; and running them again on another server, with
 * blocking sockets on virtual threads.
 *
 * <p>Imports {@code auth capture session sql wire config}; must never know a channel of the proxy.
 */
@NullMarked
package io.pgweir.replay;

import org.jspecify.annotations.NullMarked;
