package io.pgweir.audit.seal;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * Says what is proven of a trail: reads it from wherever it is, checks every record by itself in all processors, and puts the chains
 * together in bounded memory. It trusts nothing but the public keys that it is given.
 */
public final class TrailVerifier {
    private final Collection<PublicSealKey> keys;
    private final Options options;

    public TrailVerifier(Collection<PublicSealKey> keys, Options options) {
        this.keys = List.copyOf(keys);
        this.options = options;
    }

    /**
     * @param anyOrder records may come in any order, as those of several partitions do
     * @param requireSignatures a chain of which no checkpoint is signed with a given key is a finding
     * @param partial what is before the first record may be elsewhere
     */
    public record Options(boolean anyOrder, boolean requireSignatures, boolean partial) {}

    /** Is told how far the work is, by the thread that does it, once a batch. */
    public interface Progress {
        /** @param bytes of all that {@link RecordSource#bytesTotal} told */
        void at(long bytes, long records);
    }

    /** @throws IOException where a temporary file cannot be written; what is wrong with a source is a finding */
    public TrailReport verify(List<RecordSource> sources, Progress progress) throws IOException, InterruptedException {
        TrailFold fold = new TrailFold(sources, keys, options);
        TrailReader reader = new TrailReader(sources, progress);
        boolean sorts = options.anyOrder() || !sources.stream().allMatch(RecordSource::isOrdered);
        if (!sorts) {
            reader.read((batch, source) -> {
                fold.accept(batch, source);
                batch.links.forEach(link -> fold.accept(link, true));
            });
            return fold.finish();
        }
        try (SortedLinks sorted = new SortedLinks()) {
            reader.read((batch, source) -> {
                fold.accept(batch, source);
                for (Link link : batch.links) {
                    sorted.add(link);
                }
            });
            sorted.forEach(link -> fold.accept(link, false));
        }
        return fold.finish();
    }
}
