/**
 * The byte lane: one direction of a session, and who may say what passes in it.
 *
 * <p>Imports {@code net} only.
 */
@NullMarked
package io.pgweir.proxy.relay;

import org.jspecify.annotations.NullMarked;
