/**
 * What rules make of rows: values masked in DataRow and in COPY streams, and which columns that is of. Pure: buffers in, buffers
 * out, no channel, no clock. Imports {@code rules}, {@code sql}, {@code wire}.
 */
@NullMarked
package io.pgweir.proxy.rows;

import org.jspecify.annotations.NullMarked;
