/**
 * What a statement does to which relations, columns and functions, read from its tokens before the server hears of it.
 *
 * <p>Imports {@code io.pgweir.sql} and the JDK only. What cannot be told is told to be unknown; nothing here guesses.
 */
@NullMarked
package io.pgweir.sql.facts;

import org.jspecify.annotations.NullMarked;
