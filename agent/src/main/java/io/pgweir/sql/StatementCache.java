package io.pgweir.sql;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Query strings that were split before; the least recently used ones leave first. A text enters when it comes for the second time: what
 * has literals in it seldom does, and would push out what comes again. One per event loop: not thread-safe, though what it hands
 * out is.
 */
public final class StatementCache {
    /** A longer text is split anew each time: those are rarely sent twice. */
    static final int TEXT_CHARS_MAX = 16 * 1024;

    /** What an entry costs beside its characters: map node, script, list, String headers. */
    private static final int ENTRY_BYTES = 256;

    /** A statement with its fingerprint and facts. */
    private static final int STATEMENT_BYTES = 256;

    /** Hashes of texts that came once and are remembered for that, by their low bits. */
    private static final int SEEN_ONCE = 1024;

    private final long bytesMax;
    private final int[] seenOnce = new int[SEEN_ONCE];
    private final Map<String, SqlScript> scripts = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    /** Who foresees a request asks for its text twice in a row. */
    private @Nullable SqlScript latest;

    /** @param bytesMax of heap for all entries, roughly */
    public StatementCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** As {@link SqlScript#of}; the same object for the same text and rules while it is cached. */
    public SqlScript get(String text, LexicalRules rules) {
        SqlScript last = latest;
        if (last != null && last.text().equals(text) && last.rules().equals(rules)) {
            return last;
        }
        SqlScript known = scripts.get(text);
        if (known != null && known.rules().equals(rules)) {
            latest = known;
            return known;
        }
        SqlScript script = SqlScript.of(text, rules);
        if (text.length() <= TEXT_CHARS_MAX) {
            if (known != null || cameBefore(text)) {
                put(text, script);
            }
            latest = script;
        }
        return script;
    }

    /** Lately, as far as can be told by its hash. */
    private boolean cameBefore(String text) {
        int hash = text.hashCode();
        int slot = (hash ^ (hash >>> 16)) & (SEEN_ONCE - 1);
        boolean before = seenOnce[slot] == hash;
        seenOnce[slot] = hash;
        return before;
    }

    private void put(String text, SqlScript script) {
        SqlScript replaced = scripts.put(text, script);
        bytes += cost(script) - (replaced == null ? 0 : cost(replaced));
        Iterator<SqlScript> eldest = scripts.values().iterator();
        while (bytes > bytesMax) {
            bytes -= cost(eldest.next());
            eldest.remove();
        }
    }

    /** Text, redacted text and one copy of each statement, at two bytes a character. */
    private static long cost(SqlScript script) {
        return ENTRY_BYTES
                + 6L * script.text().length()
                + (long) STATEMENT_BYTES * script.statements().size();
    }

    /** Estimated; never above the bound. */
    long bytes() {
        return bytes;
    }
}
