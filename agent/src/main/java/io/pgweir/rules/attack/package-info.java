/**
 * Attacks on rules: statements that try to look like something else, played through a session, and what rules see of them.
 *
 * <p>Imports {@code rules}, {@code session} and the packages below them.
 */
@NullMarked
package io.pgweir.rules.attack;

import org.jspecify.annotations.NullMarked;
