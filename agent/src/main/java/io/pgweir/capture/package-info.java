/**
 * What sessions said, on disk: one record a message, in files of checked, compressed and, with a key, encrypted blocks.
 * docs/capture-format.md draws their bytes.
 *
 * <p>Written by one thread that event loops never wait for, read block by block in bounded memory. Passwords, SASL exchanges and
 * cancel keys cannot be written. Imports {@code wire config telemetry}; must never know a session or a rule.
 */
@NullMarked
package io.pgweir.capture;

import org.jspecify.annotations.NullMarked;
