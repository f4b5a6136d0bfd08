/**
 * Records shaped as the YAML reads, and their strict reader. Data only: config builds nothing.
 */
@NullMarked
package io.pgweir.config;

import org.jspecify.annotations.NullMarked;
