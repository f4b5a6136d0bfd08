package io.pgweir.rules;

import java.util.Set;

/** What a match block cannot say; {@code when:} in a rule file. Immutable, any thread. */
public interface Condition {
    /** Never throws: what cannot be evaluated is unknown. */
    Truth ask(Question question);

    /** Whether its answer may change from row to row. */
    boolean countsRows();

    /** What it asks the {@link Meter}. */
    Set<Metered> metered();

    /** As written. */
    String text();
}
