package io.pgweir.audit;

import org.jspecify.annotations.Nullable;

/**
 * Where the trail ended that a spool held when it was opened.
 *
 * @param chain of its last record; null where it had none that could be read
 * @param seq of that record
 * @param hash of that record, hex
 * @param cutBytes of a torn record behind it, which were cut
 */
public record Resumed(
        @Nullable String chain, long seq, @Nullable String hash, long cutBytes) {}
