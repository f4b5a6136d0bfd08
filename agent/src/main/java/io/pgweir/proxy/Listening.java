package io.pgweir.proxy;

import io.pgweir.config.ListenerConfig;

/** What the connections of one listener share. */
record Listening(ProxyContext context, ListenerConfig config, ClientTls tls, ServerConnector.Way way) {}
