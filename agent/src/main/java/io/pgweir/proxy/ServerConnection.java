package io.pgweir.proxy;

import io.netty.channel.Channel;
import io.pgweir.config.HostPort;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, past TCP and TLS, on which nothing has been said yet.
 *
 * @param node as configured
 * @param address that was connected to
 * @param certificate that the server showed; null without TLS
 */
record ServerConnection(
        Channel channel,
        HostPort node,
        InetSocketAddress address,
        @Nullable Certificate certificate) {
    boolean isTls() {
        return certificate != null;
    }
}
