package io.pgweir.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ServerTlsConfig.Mode;
import io.pgweir.config.ServerTlsConfig.Negotiation;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS towards the servers of one cluster, in libpq's words: as there, {@code require} with a {@code ca} verifies it too. */
public final class ServerTls {
    public static final String ALPN = "postgresql";

    /** libpq too offers the protocol's name however TLS was negotiated; servers before 17 overlook it. */
    public static final ApplicationProtocolConfig PROTOCOLS = new ApplicationProtocolConfig(
            Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, ALPN);

    public static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    private final ServerTlsConfig config;
    private final @Nullable SslContext context;

    private ServerTls(ServerTlsConfig config, @Nullable SslContext context) {
        this.config = config;
        this.context = context;
    }

    /** @throws SSLException where a file cannot be read or does not hold what it should */
    public static ServerTls of(ServerTlsConfig config) throws SSLException {
        if (config.mode() == Mode.DISABLE) {
            return new ServerTls(config, null);
        }
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .protocols(VERSIONS)
                    .applicationProtocolConfig(PROTOCOLS)
                    .endpointIdentificationAlgorithm(config.mode() == Mode.VERIFY_FULL ? "HTTPS" : null);
            Path ca = config.ca();
            if (ca != null) {
                builder.trustManager(ca.toFile());
            } else if (config.mode() == Mode.PREFER || config.mode() == Mode.REQUIRE) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
            }
            Path cert = config.cert();
            Path key = config.key();
            if (cert != null && key != null) {
                builder.keyManager(cert.toFile(), key.toFile());
            }
            return new ServerTls(config, builder.build());
        } catch (IllegalArgumentException unreadable) {
            throw new SSLException(unreadable.getMessage(), unreadable);
        }
    }

    public boolean isWanted() {
        return context != null;
    }

    /** Whether a connection without TLS will do where there is none to be had. */
    public boolean isPreferredOnly() {
        return config.mode() == Mode.PREFER;
    }

    /** TLS from the first byte on, without an SSLRequest. */
    boolean isDirect() {
        return config.negotiation() == Negotiation.DIRECT;
    }

    /** A handler for one connection; {@link #isWanted} only. */
    SslHandler handler(ByteBufAllocator allocator, HostPort node) {
        if (context == null) {
            throw new IllegalStateException("tls mode: disable (expected: another)");
        }
        SslHandler handler = context.newHandler(allocator, node.host(), node.port());
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }
}
