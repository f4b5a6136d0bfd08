/**
 * The byte lane: sockets and how they are written, read and closed; one direction of a session, and who may say what passes in it.
 *
 * <p>Imports nothing of pgweir's.
 */
@NullMarked
package io.pgweir.proxy.relay;

import org.jspecify.annotations.NullMarked;
