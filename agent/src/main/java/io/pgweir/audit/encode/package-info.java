/**
 * Records as text: NDJSON for machines, lines for people.
 */
@NullMarked
package io.pgweir.audit.encode;

import org.jspecify.annotations.NullMarked;
