/**
 * Records on disk until every sink has them: segments of frames, one writer, a durable cursor and a thread per sink.
 *
 * <pre>
 *   spool.lock                     held by the one agent that writes; its process id
 *   00000000000000000000.seg       header, frames; the name is the position of its first frame
 *   00000000000067108844.seg       the one that grows
 *   cursors/kafka_audit-5f2d.cur   how far that sink is
 *
 *   header   8 magic "pgwspool", u32 version, u64 position of the first frame, u32 CRC32C of what stands before
 *   frame    u32 length of the record, u32 CRC32C of length and record, the record
 * </pre>
 *
 * Integers are big-endian. A position is the number of frame bytes before it since the spool's first record; headers do not
 * count. A segment ends where the next one begins, whatever its file holds behind that: a tail that could not be cut off, or not
 * be fsynced, is written once more into a new segment that begins at the last durable position.
 *
 * <p>Imports {@code config telemetry} and the package above; never a sink's client library.
 */
@NullMarked
package io.pgweir.audit.spool;

import org.jspecify.annotations.NullMarked;
