/**
 * The language of SQL as PostgreSQL lexes it: tokens, statements, fingerprints, classes, redaction. Never a tree.
 *
 * <p>Imports the JDK only.
 */
@NullMarked
package io.pgweir.sql;

import org.jspecify.annotations.NullMarked;
