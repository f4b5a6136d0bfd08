/**
 * Verifiers from a file in the form of PgBouncer's userlist.txt.
 *
 * <p>Imports {@code auth} and {@code config}.
 */
@NullMarked
package io.pgweir.auth.file;

import org.jspecify.annotations.NullMarked;
