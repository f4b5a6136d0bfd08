package io.pgweir.proxy;

import io.pgweir.config.ListenerConfig;
import io.pgweir.routing.Wish;

/**
 * What the connections of one listener share.
 *
 * @param wish what node their sessions want
 */
record Listening(ProxyContext context, ListenerConfig config, ClientTls tls, Cluster cluster, Wish wish) {}
