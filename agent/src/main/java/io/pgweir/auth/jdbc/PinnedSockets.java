package io.pgweir.auth.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import javax.net.SocketFactory;

/**
 * Sockets that go to one address, whatever a name means meanwhile: certificates are still checked against the name.
 *
 * <p>Public, with this constructor, because the driver makes it by its name.
 */
public final class PinnedSockets extends SocketFactory {
    private final InetAddress address;

    /** @param literal an IPv4 or IPv6 address */
    public PinnedSockets(String literal) throws UnknownHostException {
        this.address = InetAddress.ofLiteral(literal);
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public void connect(SocketAddress endpoint, int timeout) throws IOException {
                super.connect(new InetSocketAddress(address, ((InetSocketAddress) endpoint).getPort()), timeout);
            }
        };
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket(address, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(address, port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return new Socket(address, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return new Socket(address, port, localHost, localPort);
    }
}
