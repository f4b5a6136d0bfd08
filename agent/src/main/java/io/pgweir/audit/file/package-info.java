/**
 * The sinks that write to a file, rotated and compressed, or to standard output.
 */
@NullMarked
package io.pgweir.audit.file;

import org.jspecify.annotations.NullMarked;
