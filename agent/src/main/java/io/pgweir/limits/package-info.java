/**
 * How many, how often, and who waits: counting only, with no sockets and no clock of its own. Imports configuration.
 */
@NullMarked
package io.pgweir.limits;

import org.jspecify.annotations.NullMarked;
