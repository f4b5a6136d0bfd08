/**
 * The expressions of rules: CEL, checked against the facts that there are when a file is read, bounded when it is asked.
 *
 * <p>Imports {@code rules} and the packages below it, and {@code dev.cel}, which nobody else in {@code rules} does.
 */
@NullMarked
package io.pgweir.rules.when;

import org.jspecify.annotations.NullMarked;
