package io.pgweir.proxy.split;

import io.pgweir.auth.NodeTokens;
import io.pgweir.auth.Verifiers;
import io.pgweir.config.FailoverConfig;
import io.pgweir.config.ReadsConfig;
import io.pgweir.sql.StatementCache;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.telemetry.Telemetry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the split sessions of one listener share. Any thread.
 *
 * @param holds sessions that wait for a leader
 * @param verifiers null where nobody is asked for secrets: nodes are then logged in to without one
 * @param tokens null where nodes take what the client has proved
 * @param statements of the calling event loop, as {@code facts}
 */
public record SplitSetup(
        ReadsConfig reads,
        FailoverConfig failover,
        Holds holds,
        @Nullable Verifiers verifiers,
        @Nullable NodeTokens tokens,
        Freshness freshness,
        FunctionCatalogs functions,
        Misroutes misroutes,
        Supplier<StatementCache> statements,
        Supplier<FactsCache> facts,
        Telemetry telemetry) {}
