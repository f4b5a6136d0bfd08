package io.pgweir.config;

import org.jspecify.annotations.Nullable;

/**
 * What a listener has in {@code mode: split} only.
 *
 * @param auth where the secrets of roles are, for the nodes that reads go to; null where those ask for none
 */
public record SplitConfig(
        ReadsConfig reads,
        FailoverConfig failover,
        @Nullable AuthConfig auth) {}
