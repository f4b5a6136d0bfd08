/**
 * Tells what one statement asks of the node that runs it: whether any node will do, and what it leaves in the session. Pure: what
 * the catalog of a database says is handed in, doubt is told as doubt.
 *
 * <p>Imports {@code sql}, {@code session}, {@code topology} and {@code config}; never {@code proxy}.
 */
@NullMarked
package io.pgweir.routing.split;

import org.jspecify.annotations.NullMarked;
