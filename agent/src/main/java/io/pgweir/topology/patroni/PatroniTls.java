package io.pgweir.topology.patroni;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pgweir.config.PatroniConfig;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** The JDK's TLS with PEM files, which Netty can read and the JDK cannot yet. */
final class PatroniTls {
    private PatroniTls() {}

    /** @throws IOException where a file does not hold what it should */
    static SSLContext context(PatroniConfig.Tls tls) throws IOException {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
            Path ca = tls.ca();
            if (ca != null) {
                builder.trustManager(ca.toFile());
            }
            Path cert = tls.cert();
            Path key = tls.key();
            if (cert != null && key != null) {
                builder.keyManager(cert.toFile(), key.toFile());
            }
            return ((JdkSslContext) builder.build()).context();
        } catch (SSLException | IllegalArgumentException unusable) {
            throw new IOException("patroni, tls: " + unusable.getMessage(), unusable);
        }
    }
}
