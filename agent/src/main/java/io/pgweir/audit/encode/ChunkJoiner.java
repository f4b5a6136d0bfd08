package io.pgweir.audit.encode;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Joins the pieces of records. Pieces may come in any order and more than once, as a delivery that was tried again leaves them;
 * one try may have cut a record into other pieces than the next. One thread.
 */
public final class ChunkJoiner {
    private record Key(String id, int count, String sha256) {}

    private final long bytesMax;
    private final Map<Key, Parts> waiting = new LinkedHashMap<>();
    private final Set<String> joined = new HashSet<>();
    private final List<String> givenUp = new ArrayList<>();
    private long bytes;

    /** @param bytesMax of pieces that wait for others; the oldest record is given up when there are more */
    public ChunkJoiner(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The record's text, where this was the last piece that was missing and all of them make up what was cut. */
    public Optional<byte[]> add(Chunk chunk) {
        Key key = new Key(chunk.id(), chunk.count(), chunk.sha256());
        Parts parts = waiting.computeIfAbsent(key, _ -> new Parts());
        byte[] before = parts.pieces.put(chunk.index(), chunk.bytes());
        bytes += chunk.bytes().length - (before == null ? 0 : before.length);
        if (parts.pieces.size() == chunk.count()) {
            remove(key);
            byte[] whole = parts.joined(chunk.count());
            if (Digests.sha256(whole).equals(chunk.sha256())) {
                joined.add(chunk.id());
                return Optional.of(whole);
            }
            givenUp.add("record " + chunk.id() + ": its " + chunk.count() + " pieces are not what they were cut from");
        }
        while (bytes > bytesMax) {
            giveUp(waiting.keySet().iterator().next());
        }
        return Optional.empty();
    }

    /** What could not be joined, in words; asked when there are no more pieces. */
    public List<String> unjoined() {
        while (!waiting.isEmpty()) {
            giveUp(waiting.keySet().iterator().next());
        }
        return List.copyOf(givenUp);
    }

    private void giveUp(Key key) {
        int found = remove(key).pieces.size();
        // Pieces of a try that failed, of a record that came whole later or before: nothing is missing.
        if (!joined.contains(key.id)) {
            givenUp.add("record " + key.id + ": " + found + " of its " + key.count + " pieces are there");
        }
    }

    private Parts remove(Key key) {
        Parts parts = waiting.remove(key);
        if (parts == null) {
            throw new IllegalStateException("no pieces of " + key);
        }
        for (byte[] piece : parts.pieces.values()) {
            bytes -= piece.length;
        }
        return parts;
    }

    private static final class Parts {
        final Map<Integer, byte[]> pieces = new LinkedHashMap<>();

        byte[] joined(int count) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            for (int index = 0; index < count; index++) {
                byte[] piece = pieces.get(index);
                if (piece != null) {
                    whole.writeBytes(piece);
                }
            }
            return whole.toByteArray();
        }
    }
}
