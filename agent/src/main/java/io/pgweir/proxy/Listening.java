package io.pgweir.proxy;

import io.pgweir.config.ListenerConfig;
import io.pgweir.routing.Wish;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one listener share.
 *
 * @param wish what node their sessions want
 * @param applicationName null: as the client has it
 * @param split null where a session has one node
 */
record Listening(
        ProxyContext context,
        ListenerConfig config,
        ClientTls tls,
        Cluster cluster,
        Wish wish,
        @Nullable ApplicationName applicationName,
        @Nullable SplitListening split) {}
