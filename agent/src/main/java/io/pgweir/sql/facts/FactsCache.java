package io.pgweir.sql.facts;

import io.pgweir.sql.SqlStatement;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Facts of statements that were read before, the least recently used ones leave first. One per event loop: not thread-safe. */
public final class FactsCache {
    private static final int ENTRY_BYTES = 1024;

    private final long bytesMax;
    private final Map<String, StatementFacts> known = new LinkedHashMap<>(64, 0.75f, true);

    /** @param bytesMax of heap for all entries, roughly */
    public FactsCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Never throws; the same object for the same fingerprint while it is cached. */
    public StatementFacts of(SqlStatement statement) {
        StatementFacts facts = known.get(statement.fingerprint());
        if (facts == null) {
            facts = FactsReader.read(statement);
            known.put(statement.fingerprint(), facts);
            evict();
        }
        return facts;
    }

    private void evict() {
        Iterator<StatementFacts> eldest = known.values().iterator();
        while ((long) known.size() * ENTRY_BYTES > bytesMax) {
            eldest.next();
            eldest.remove();
        }
    }
}
