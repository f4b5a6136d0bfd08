package io.pgweir.proxy.split;

import io.netty.channel.Channel;
import io.pgweir.config.HostPort;
import io.pgweir.topology.Node;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a node, past TCP and TLS, on which nothing has been said yet.
 *
 * @param node as it was known when it was chosen
 * @param tls whether it is encrypted
 * @param endPoint of the server's certificate, for SCRAM's channel binding; null where there is none
 * @param onEnded to be told once, when the session leaves it
 */
public record NodeConnection(
        Channel channel,
        Node node,
        HostPort host,
        SocketAddress address,
        boolean tls,
        byte @Nullable [] endPoint,
        Runnable onEnded) {}
