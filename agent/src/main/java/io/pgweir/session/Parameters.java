package io.pgweir.session;

import org.jspecify.annotations.Nullable;

/**
 * What was bound, copied out of a Bind or FunctionCall: arrays of one length.
 *
 * @param types OIDs, 0 where unknown
 * @param formats 0 text, 1 binary
 * @param lengths in bytes, -1 for NULL
 * @param values up to the configured bytes of each value, or null where values are not kept at all
 */
public record Parameters(int[] types, byte[] formats, int[] lengths, byte @Nullable [][] values) {}
