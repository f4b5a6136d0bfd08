package io.pgweir.proxy;

import io.netty.channel.Channel;
import io.pgweir.config.HostPort;
import io.pgweir.proxy.relay.Sockets;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, past TCP and TLS, on which nothing has been said yet.
 *
 * @param node as configured
 * @param address that was connected to
 * @param certificate that the server showed; null without TLS
 * @param place null of a connection that is for no session
 */
record ServerConnection(
        Channel channel,
        HostPort node,
        SocketAddress address,
        @Nullable Certificate certificate,
        @Nullable Place place) {

    /** For the session that has this place. */
    ServerConnection at(@Nullable Place given) {
        return new ServerConnection(channel, node, address, certificate, given);
    }

    /** The session that it was made for is gone. */
    void abandon() {
        Sockets.close(channel);
        if (place != null) {
            place.lease().onEnded();
        }
    }

    boolean isTls() {
        return certificate != null;
    }
}
