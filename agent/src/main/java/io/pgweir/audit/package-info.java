/**
 * Who shall hear of it: facts of a session become records, records go through one bounded queue to one writer thread.
 *
 * <p>Imports {@code session sql config telemetry} and the packages below it; client libraries live in sub-packages only.
 */
@NullMarked
package io.pgweir.audit;

import org.jspecify.annotations.NullMarked;
