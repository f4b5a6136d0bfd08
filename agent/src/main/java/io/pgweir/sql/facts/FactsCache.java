package io.pgweir.sql.facts;

import io.pgweir.sql.SqlStatement;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Facts of statements that were read before.
 *
 * <pre>
 *   fingerprint  ->  facts of all statements of that fingerprint
 *   fingerprint  ->  "literals matter", and then  text -> facts of that one     (LIMIT 10, WHERE 1 = 1, SET ROLE 'x')
 * </pre>
 *
 * A statement enters a quarter of the space and gets into the rest when it is met again: a flood of statements that are all
 * different costs its own reading but drives none of the known ones out. One per event loop: not thread-safe, though what it
 * hands out is.
 */
public final class FactsCache {
    /** Key, map node, entry. */
    private static final int ENTRY_BYTES = 256;

    /** A text longer than this is read anew each time. */
    private static final int TEXT_CHARS_MAX = 16 * 1024;

    private final Region newcomers;
    private final Region known;

    /** @param facts null where the fingerprint does not tell them: then the text is the key of another entry */
    private record Entry(@Nullable StatementFacts facts, boolean backslashes, long bytes) {}

    /** @param bytesMax of heap for all entries, roughly */
    public FactsCache(long bytesMax) {
        this.newcomers = new Region(bytesMax / 4);
        this.known = new Region(bytesMax - bytesMax / 4);
    }

    /** Never throws; the same object for the same fingerprint while it is cached and literals do not matter. */
    public StatementFacts of(SqlStatement statement) {
        Entry shared = find(statement.fingerprint());
        if (shared != null && shared.facts != null) {
            return shared.facts;
        }
        if (shared != null) {
            Entry own = find(statement.text());
            if (own != null && own.facts != null && own.backslashes == statement.backslashes()) {
                return own.facts;
            }
        }
        return read(statement);
    }

    private StatementFacts read(SqlStatement statement) {
        FactsDraft draft = FactsReader.read(statement);
        StatementFacts facts = new StatementFacts(draft);
        boolean backslashes = statement.backslashes();
        if (!draft.literalsMatter) {
            newcomers.put(facts.fingerprint(), new Entry(facts, backslashes, ENTRY_BYTES + facts.bytes()));
        } else if (statement.text().length() <= TEXT_CHARS_MAX) {
            newcomers.put(facts.fingerprint(), new Entry(null, backslashes, ENTRY_BYTES));
            long bytes = ENTRY_BYTES + facts.bytes() + 2L * statement.text().length();
            newcomers.put(statement.text(), new Entry(facts, backslashes, bytes));
        }
        return facts;
    }

    private @Nullable Entry find(String key) {
        Entry entry = known.entries.get(key);
        if (entry == null) {
            entry = newcomers.remove(key);
            if (entry != null) {
                known.put(key, entry);
            }
        }
        return entry;
    }

    /** Estimated; never above the bound. */
    long bytes() {
        return newcomers.bytes + known.bytes;
    }

    /** The least recently used leave first. */
    private static final class Region {
        private final long bytesMax;
        private final Map<String, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
        private long bytes;

        Region(long bytesMax) {
            this.bytesMax = bytesMax;
        }

        @Nullable
        Entry remove(String key) {
            Entry removed = entries.remove(key);
            if (removed != null) {
                bytes -= removed.bytes;
            }
            return removed;
        }

        void put(String key, Entry entry) {
            remove(key);
            entries.put(key, entry);
            bytes += entry.bytes;
            Iterator<Entry> eldest = entries.values().iterator();
            while (bytes > bytesMax) {
                bytes -= eldest.next().bytes;
                eldest.remove();
            }
        }
    }
}
