/** Benchmarks of what the proxy keeps to itself. Never shipped. */
@NullMarked
package io.pgweir.proxy;

import org.jspecify.annotations.NullMarked;
