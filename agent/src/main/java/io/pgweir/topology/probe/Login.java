package io.pgweir.topology.probe;

import io.pgweir.config.HostPort;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.SecretConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ServerTlsConfig.Mode;
import io.pgweir.config.ServerTlsConfig.Negotiation;
import io.pgweir.topology.Member;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** How the monitor logs in to any server of a cluster: the cluster's TLS, its own user. */
record Login(MonitorConfig monitor, ServerTlsConfig tls) {
    private static final String APPLICATION = "pgweir monitor";

    /**
     * Waits no longer than the timeout for the connect, and for each answer.
     *
     * @throws IOException where the password or a certificate is not to be had
     */
    Connection connect(Member member) throws SQLException, IOException {
        HostPort address = member.address();
        String host = address.host().indexOf(':') >= 0 ? "[" + address.host() + "]" : address.host();
        String url = "jdbc:postgresql://" + host + ":" + address.port() + "/"
                + URLEncoder.encode(monitor.database(), StandardCharsets.UTF_8);
        return DriverManager.getConnection(url, properties(member));
    }

    private Properties properties(Member member) throws IOException {
        Properties properties = new Properties();
        long millis = monitor.timeout().toMillis();
        properties.setProperty("user", monitor.user());
        SecretConfig password = monitor.password();
        if (password != null) {
            properties.setProperty("password", password.read());
        }
        properties.setProperty("ApplicationName", APPLICATION);
        String seconds = Long.toString(Math.max(1, (millis + 999) / 1000));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("socketTimeout", seconds);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("gssEncMode", "disable");
        // Its two statements are the same for ever; named ones would outlive a change of the server's behind a pooler.
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty(
                "sslmode", tls.mode().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (tls.mode() != Mode.DISABLE) {
            boolean direct = tls.negotiation() == Negotiation.DIRECT;
            properties.setProperty("sslNegotiation", direct ? "direct" : "postgres");
            file(properties, "sslrootcert", tls.ca());
            file(properties, "sslcert", tls.cert());
            file(properties, "sslkey", tls.key());
            if (tls.cert() != null) {
                properties.setProperty("pemKeyAlgorithm", keyAlgorithm(tls.cert()));
            }
            boolean verifies = tls.mode() == Mode.VERIFY_CA || tls.mode() == Mode.VERIFY_FULL;
            if (verifies && tls.ca() == null && tls.cert() == null) {
                properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
            }
        }
        if (member.at() != null) {
            properties.setProperty("socketFactory", PinnedSockets.class.getName());
            properties.setProperty("socketFactoryArg", member.at().getHostAddress());
        }
        return properties;
    }

    /** The driver takes every key for RSA unless it is told; a certificate knows its key's kind. */
    private static String keyAlgorithm(Path certificate) throws IOException {
        try (InputStream in = Files.newInputStream(certificate)) {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getPublicKey()
                    .getAlgorithm();
        } catch (CertificateException odd) {
            throw new IOException(certificate + ": " + odd.getMessage(), odd);
        }
    }

    private static void file(Properties properties, String key, @Nullable Path file) {
        if (file != null) {
            properties.setProperty(key, file.toString());
        }
    }
}
