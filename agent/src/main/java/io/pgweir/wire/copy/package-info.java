/**
 * Rows inside COPY streams: text, csv and binary, across chunk borders. Imports {@code wire} only.
 */
@NullMarked
package io.pgweir.wire.copy;

import org.jspecify.annotations.NullMarked;
