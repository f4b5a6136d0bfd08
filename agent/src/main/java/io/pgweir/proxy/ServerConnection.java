package io.pgweir.proxy;

import io.netty.channel.Channel;
import io.pgweir.config.HostPort;
import io.pgweir.net.Sockets;
import io.pgweir.proxy.split.SplitSession;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, past TCP and TLS.
 *
 * @param node as configured
 * @param address that was connected to
 * @param certificate that the server showed; null without TLS
 * @param place null of a connection that is for no session
 * @param answer to the startup packet; null where nothing has been said yet
 * @param split whose servers are behind it; null where it is one server
 */
record ServerConnection(
        Channel channel,
        HostPort node,
        SocketAddress address,
        @Nullable Certificate certificate,
        @Nullable Place place,
        @Nullable FirstAnswer answer,
        @Nullable SplitSession split) {

    /** For the session that has this place. */
    ServerConnection at(@Nullable Place given) {
        return new ServerConnection(channel, node, address, certificate, given, answer, split);
    }

    /** It has been sent a startup packet. */
    ServerConnection asked(FirstAnswer heard) {
        return new ServerConnection(channel, node, address, certificate, place, heard, split);
    }

    /** The session that it was made for is gone. */
    void abandon() {
        if (answer != null) {
            answer.drop();
        }
        Sockets.close(channel);
        if (place != null) {
            place.lease().onEnded(System.nanoTime());
        }
    }

    boolean isTls() {
        return certificate != null;
    }
}
