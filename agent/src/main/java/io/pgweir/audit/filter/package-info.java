/**
 * Which records somebody wants to see, as a CEL expression over their members. The one package that knows CEL; may import
 * {@code audit} and {@code audit.encode}.
 */
@NullMarked
package io.pgweir.audit.filter;

import org.jspecify.annotations.NullMarked;
