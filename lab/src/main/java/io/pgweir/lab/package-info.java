/** Real PostgreSQL servers and raw-protocol clients for tests, demo and benchmarks. Never shipped. */
@NullMarked
package io.pgweir.lab;

import org.jspecify.annotations.NullMarked;
