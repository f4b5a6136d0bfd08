package io.pgweir.audit.spool;

import java.nio.file.Path;

/**
 * Bytes of a segment that hold no whole record.
 *
 * @param offset in the file
 * @param bytes up to the next whole record, or to where the segment should end
 * @param tail whether nothing follows: a crash tore it, or its writer is at it
 */
public record Damage(Path file, long offset, long bytes, boolean tail) {}
