package io.pgweir.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Where a client is, and where it connected to.
 *
 * @param address null where it came through no network
 * @param text of the address, as numbers
 * @param to null where the client came through no network
 */
record Peer(
        @Nullable InetAddress address,
        String text,
        int port,
        @Nullable InetSocketAddress to) {
    private static final String LOCAL = "[local]";

    private static final ChannelOption<UnixDomainPrincipal> PEER_CREDENTIALS =
            NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED);

    /** As the PROXY protocol's specification bounds paths; what is longer is cut. */
    private static final int PATH_LENGTH_MAX = 108;

    /** At the other end of a socket. */
    static Peer of(Channel client) {
        if (!(client.remoteAddress() instanceof InetSocketAddress from)) {
            return new Peer(null, local(client), 0, null);
        }
        return new Peer(from.getAddress(), from.getAddress().getHostAddress(), from.getPort(), (InetSocketAddress)
                client.localAddress());
    }

    /** As PostgreSQL calls it, with the user that the kernel knows at the other end, where it can be asked. */
    private static String local(Channel client) {
        if (client instanceof EpollDomainSocketChannel epoll) {
            try {
                return "[local uid=" + epoll.peerCredentials().uid() + "]";
            } catch (IOException gone) {
                return LOCAL;
            }
        }
        UnixDomainPrincipal peer = client.config().getOption(PEER_CREDENTIALS);
        return peer == null ? LOCAL : "[local user=" + peer.user().getName() + "]";
    }

    /** As a proxy tells it; {@code proxy} itself where it speaks for itself, or does not know. */
    static Peer of(HAProxyMessage header, Peer proxy) {
        if (header.command() == HAProxyCommand.LOCAL || header.sourceAddress() == null) {
            return proxy;
        }
        return switch (header.proxiedProtocol().addressFamily()) {
            case AF_IPv4, AF_IPv6 -> {
                InetAddress address = address(header.sourceAddress());
                yield new Peer(
                        address,
                        address.getHostAddress(),
                        header.sourcePort(),
                        new InetSocketAddress(address(header.destinationAddress()), header.destinationPort()));
            }
            case AF_UNIX -> new Peer(null, printable(header.sourceAddress()), 0, null);
            case AF_UNSPEC -> proxy;
        };
    }

    /** The codec has looked that it is one. */
    private static InetAddress address(String text) {
        return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(text), text);
    }

    /** A path as another host tells it; {@code [local]}, as PostgreSQL has it, where there is none. */
    private static String printable(String path) {
        String text = path.replaceAll("\\p{Cntrl}", "");
        return text.isEmpty() ? LOCAL : text.substring(0, Math.min(text.length(), PATH_LENGTH_MAX));
    }
}
