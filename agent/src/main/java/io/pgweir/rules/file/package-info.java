/**
 * Rule files: the strict reader, the packs that ship with pgweir, and the tests that files carry.
 *
 * <p>Imports {@code rules}, {@code rules.when} and the packages below them.
 */
@NullMarked
package io.pgweir.rules.file;

import org.jspecify.annotations.NullMarked;
