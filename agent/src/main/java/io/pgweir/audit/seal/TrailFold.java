package io.pgweir.audit.seal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the records of a trail add up to, chain by chain. One thread. */
final class TrailFold {
    /** Of one trail. An agent begins one chain a start. */
    private static final int CHAINS_MAX = 1 << 16;

    private static final int NOTES_MAX = 1000;

    private final List<RecordSource> sources;
    private final Map<String, PublicSealKey> keys;
    private final TrailVerifier.Options options;
    private final Findings findings = new Findings();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, ChainCheck> chains = new LinkedHashMap<>();
    private final SeenHashes seen = new SeenHashes(Runtime.getRuntime().maxMemory() / 4);
    private final boolean mayBeginLate;
    private long records;
    private long opened;
    private long erased;

    TrailFold(List<RecordSource> sources, Collection<PublicSealKey> keys, TrailVerifier.Options options) {
        this.sources = sources;
        this.keys = keys.stream().collect(Collectors.toMap(PublicSealKey::id, key -> key, (one, same) -> one));
        this.options = options;
        mayBeginLate = options.partial() || sources.stream().anyMatch(RecordSource::forgetsOldest);
    }

    /** What a batch says besides its links. */
    void accept(CheckedBatch batch, int source) {
        records += batch.records;
        opened += batch.opened;
        erased += batch.erased;
        for (CheckedBatch.Fault fault : batch.faults) {
            find(new Finding(
                    fault.kind(),
                    fault.chain(),
                    fault.seq(),
                    fault.seq(),
                    locate(source, fault.position()),
                    fault.what()));
        }
    }

    void accept(Link link, boolean mustBeInOrder) {
        ChainCheck chain = chains.get(link.chain());
        if (chain == null) {
            if (link.isEdited()) {
                // Its chain may be what was changed: that makes no new one.
                return;
            }
            if (chains.size() == CHAINS_MAX) {
                find(
                        Finding.Kind.UNREADABLE,
                        link.chain(),
                        link.seq(),
                        link,
                        "one chain too many (expected: at most " + CHAINS_MAX + ")");
                return;
            }
            chain = new ChainCheck(link.chain(), chains.size(), this);
            chains.put(link.chain(), chain);
        }
        chain.accept(link, mustBeInOrder);
    }

    TrailReport finish() {
        chains.values().forEach(ChainCheck::finish);
        chains.values().forEach(chain -> chain.checkResume(chains));
        Set<String> resumed = chains.values().stream().map(ChainCheck::resumes).collect(Collectors.toSet());
        chains.forEach((uid, chain) -> {
            if (!resumed.contains(uid)) {
                chain.noteOpenEnd();
            }
        });
        return new TrailReport(
                chains.values().stream().map(ChainCheck::report).toList(),
                findings.kept(),
                findings.count(),
                List.copyOf(notes),
                records,
                opened,
                erased,
                chains.values().stream().mapToLong(ChainCheck::cut).sum());
    }

    void find(Finding finding) {
        findings.add(finding);
    }

    void find(Finding.Kind kind, String chain, long seq, Link at, String text) {
        find(kind, chain, seq, seq, at, text);
    }

    void find(Finding.Kind kind, String chain, long first, long last, Link at, String text) {
        find(new Finding(kind, chain, first, last, locate(at), text));
    }

    void note(String chain, String text) {
        if (notes.size() < NOTES_MAX) {
            notes.add("chain " + chain + ": " + text);
        }
    }

    String locate(Link link) {
        return locate(link.source(), link.position());
    }

    String locate(int source, long position) {
        return sources.get(source).locate(position);
    }

    SeenHashes seen() {
        return seen;
    }

    boolean mayBeginLate() {
        return mayBeginLate;
    }

    @Nullable
    PublicSealKey key(String id) {
        return keys.get(id);
    }

    /** Who gives a key expects signatures: an unsigned checkpoint is what somebody without the key can make. */
    boolean mustBeSigned() {
        return options.requireSignatures() || !keys.isEmpty();
    }

    boolean requiresSignatures() {
        return options.requireSignatures();
    }

    /** {@code 1 record}, {@code 12,345 records}. */
    static String count(long count, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }
}
