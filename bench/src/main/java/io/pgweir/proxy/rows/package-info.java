/** Benchmarks of masking. Never shipped. */
@NullMarked
package io.pgweir.proxy.rows;

import org.jspecify.annotations.NullMarked;
