/**
 * Typed views of parameter and column values, in text and binary format. Imports {@code wire} only.
 */
@NullMarked
package io.pgweir.wire.value;

import org.jspecify.annotations.NullMarked;
