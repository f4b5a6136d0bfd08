package io.pgweir.proxy;

import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a server that expects a PROXY header is told.
 *
 * @param client null where the connection is pgweir's own
 */
record ProxyHeader(@Nullable Peer client) {
    static final ProxyHeader OWN = new ProxyHeader(null);

    HAProxyMessage message() {
        InetAddress from = client == null ? null : client.address();
        InetSocketAddress to = client == null ? null : client.to();
        if (client == null || from == null || to == null) {
            return new HAProxyMessage(
                    HAProxyProtocolVersion.V2, HAProxyCommand.LOCAL, HAProxyProxiedProtocol.UNKNOWN, null, null, 0, 0);
        }
        boolean both4 = from instanceof Inet4Address && to.getAddress() instanceof Inet4Address;
        return new HAProxyMessage(
                HAProxyProtocolVersion.V2,
                HAProxyCommand.PROXY,
                both4 ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6,
                text(from, both4),
                text(to.getAddress(), both4),
                client.port(),
                to.getPort());
    }

    /** Where one end is of the other family, both are written as IPv6. */
    private static String text(InetAddress address, boolean as4) {
        String numbers = address.getHostAddress();
        int zone = numbers.indexOf('%');
        String plain = zone < 0 ? numbers : numbers.substring(0, zone);
        return !as4 && address instanceof Inet4Address ? "::ffff:" + plain : plain;
    }
}
