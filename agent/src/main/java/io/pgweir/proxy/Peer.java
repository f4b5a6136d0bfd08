package io.pgweir.proxy;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a client is.
 *
 * @param address null where it came through no network
 * @param text of the address, as numbers
 */
record Peer(@Nullable InetAddress address, String text, int port) {
    static Peer of(Channel client) {
        InetSocketAddress from = (InetSocketAddress) client.remoteAddress();
        return new Peer(from.getAddress(), from.getAddress().getHostAddress(), from.getPort());
    }
}
