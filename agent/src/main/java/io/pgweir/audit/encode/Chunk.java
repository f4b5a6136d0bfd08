package io.pgweir.audit.encode;

/**
 * A piece of a record that was too long for its place.
 *
 * @param id of the record
 * @param index from 0
 * @param count pieces of the record
 * @param sha256 of all pieces joined, lower-case hex
 */
public record Chunk(String id, int index, int count, String sha256, byte[] bytes) {
    /** @throws IllegalArgumentException where no record has such a piece */
    public Chunk {
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("piece " + index + " of " + count + " of record " + id);
        }
    }
}
