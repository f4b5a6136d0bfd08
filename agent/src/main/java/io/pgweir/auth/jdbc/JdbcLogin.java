package io.pgweir.auth.jdbc;

import io.pgweir.config.AuthConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.SecretConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ServerTlsConfig.Mode;
import io.pgweir.config.ServerTlsConfig.Negotiation;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How pgweir itself logs in to any server of a cluster: the cluster's TLS, a user of its own.
 *
 * @param application the session's application_name
 * @param timeout of the connect, and of each answer
 */
public record JdbcLogin(
        String application,
        String user,
        @Nullable SecretConfig password,
        String database,
        Duration timeout,
        ServerTlsConfig tls) {
    private static final String MONITOR = "pgweir monitor";
    private static final String VERIFIERS = "pgweir verifiers";

    /** @param at where the name is now, as whoever found the server knows; null: ask for it */
    public record Place(HostPort address, @Nullable InetAddress at) {}

    public static JdbcLogin ofMonitor(MonitorConfig monitor, ServerTlsConfig tls) {
        return new JdbcLogin(MONITOR, monitor.user(), monitor.password(), monitor.database(), monitor.timeout(), tls);
    }

    /**
     * The query's own user, or the monitor's.
     *
     * @throws IllegalArgumentException where there is neither
     */
    public static JdbcLogin ofVerifiers(AuthConfig.Query query, @Nullable MonitorConfig monitor, ServerTlsConfig tls) {
        if (query.user() != null) {
            return new JdbcLogin(VERIFIERS, query.user(), query.password(), query.database(), query.timeout(), tls);
        }
        if (monitor == null) {
            throw new IllegalArgumentException("verifiers query: no user (expected: one, or a monitor's)");
        }
        return new JdbcLogin(VERIFIERS, monitor.user(), monitor.password(), query.database(), query.timeout(), tls);
    }

    /**
     * Waits no longer than the timeout for the connect, and for each answer.
     *
     * @throws IOException where the password or a certificate is not to be had
     */
    public Connection connect(Place place) throws SQLException, IOException {
        HostPort address = place.address();
        String host = address.host().indexOf(':') >= 0 ? "[" + address.host() + "]" : address.host();
        String url = "jdbc:postgresql://" + host + ":" + address.port() + "/"
                + URLEncoder.encode(database, StandardCharsets.UTF_8);
        return DriverManager.getConnection(url, properties(place));
    }

    /** Whatever it says to that. */
    public static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException alreadyGone) {
                // It is what was wanted.
            }
        }
    }

    private Properties properties(Place place) throws IOException {
        Properties properties = new Properties();
        long millis = timeout.toMillis();
        properties.setProperty("user", user);
        if (password != null) {
            properties.setProperty("password", password.read());
        }
        properties.setProperty("ApplicationName", application);
        String seconds = Long.toString(Math.max(1, (millis + 999) / 1000));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("socketTimeout", seconds);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("gssEncMode", "disable");
        // Its few statements are the same for ever; named ones would outlive a change of the server's behind a pooler.
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
        if (place.at() != null) {
            properties.setProperty("socketFactory", PinnedSockets.class.getName());
            properties.setProperty("socketFactoryArg", place.at().getHostAddress());
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
