package io.pgweir.audit;

import org.jspecify.annotations.Nullable;

/**
 * Which pgweir wrote a record.
 *
 * @param instance tells this process from every other one that writes to the same place
 * @param host name of the machine, where it is known
 */
public record AgentFacts(
        String instance, String version, @Nullable String host) {}
