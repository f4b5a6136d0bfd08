package io.pgweir.proxy;

import io.pgweir.proxy.rows.MaskPlan;
import io.pgweir.proxy.rows.ValueMasks;
import io.pgweir.rules.Action;
import io.pgweir.session.Execution;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.sql.facts.StatementFacts;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Gathers what a {@link MaskPlan} is made from. One a session, on its event loop. */
final class MaskSources {
    private final Meaning meaning;
    private final ValueMasks values;
    private final FactsCache facts;
    private final CatalogLookup lookup;

    MaskSources(Meaning meaning, ValueMasks values, FactsCache facts, CatalogLookup lookup) {
        this.meaning = meaning;
        this.values = values;
        this.facts = facts;
        this.lookup = lookup;
    }

    MaskPlan.Source of(List<Action.Mask> masks, @Nullable Execution running) {
        Catalogs.Answer known = lookup.known();
        return new MaskPlan.Source(
                masks,
                known.columns(),
                known.isFresh(),
                running == null ? null : facts(running),
                values,
                meaning.tracker().clientCharset());
    }

    /** Of what the server answers. */
    @Nullable
    StatementFacts answered() {
        Execution running = meaning.tracker().answering();
        return running == null ? null : facts(running);
    }

    private @Nullable StatementFacts facts(Execution running) {
        SqlStatement statement = asked(running);
        return statement == null ? null : facts.of(statement);
    }

    /** What the server runs, or fetches from; null where its text is not known. */
    static @Nullable SqlStatement asked(Execution running) {
        SqlStatement statement = running.statement();
        if (running.doubtful() || running.textTruncated() || statement == null) {
            return null;
        }
        return switch (statement.command().toUpperCase(Locale.ROOT)) {
            case "EXECUTE", "FETCH" -> running.resolved();
            default -> statement;
        };
    }
}
