package io.pgweir.session;

import io.pgweir.wire.TransactionStatus;
import java.util.List;
import java.util.Map;

/**
 * What a session has at one moment, for whoever begins to look at it in its midst.
 *
 * @param settings what the server has reported by ParameterStatus; of others nobody knows
 * @param statements that Parse or SQL PREPARE has named
 * @param portals names of portals and cursors that are open
 */
public record Snapshot(
        TransactionStatus transaction, Map<String, String> settings, List<Prepared> statements, List<String> portals) {
    /**
     * @param text as Parse had it, or behind AS in PREPARE
     * @param whole whether {@code text} is all of it
     * @param types OIDs of its parameters, as far as they are known
     */
    public record Prepared(String name, String text, boolean whole, List<Integer> types) {}
}
