/**
 * picocli commands only: parse, call, print, exit code.
 */
@NullMarked
package io.pgweir.cli;

import org.jspecify.annotations.NullMarked;
