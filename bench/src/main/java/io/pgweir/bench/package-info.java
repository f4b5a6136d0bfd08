/** JMH benchmarks and the side-by-side comparison with other proxies. Never shipped. */
@NullMarked
package io.pgweir.bench;

import org.jspecify.annotations.NullMarked;
