package io.pgweir.admin;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.pgweir.config.AdminConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** HTTPS out of PEM files, read once. */
final class AdminTls {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] NO_PASSWORD = {};
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private AdminTls() {}

    /** Bound, not started; with a client CA, nobody gets in without a certificate of it. */
    static HttpServer server(InetSocketAddress address, int backlog, AdminConfig.Tls config) throws IOException {
        SSLContext context = context(config);
        HttpsServer server = HttpsServer.create(address, backlog);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters asked) {
                SSLParameters parameters = context.getDefaultSSLParameters();
                parameters.setProtocols(PROTOCOLS);
                parameters.setNeedClientAuth(config.clientCa() != null);
                asked.setSSLParameters(parameters);
            }
        });
        return server;
    }

    private static SSLContext context(AdminConfig.Tls config) throws IOException {
        try {
            KeyStore own = empty();
            Certificate[] chain = certificates(Objects.requireNonNull(config.cert(), "cert"));
            own.setKeyEntry("own", key(Objects.requireNonNull(config.key(), "key")), NO_PASSWORD, chain);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NO_PASSWORD);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            KeyStore authorities = empty();
            if (config.clientCa() != null) {
                for (Certificate authority : certificates(config.clientCa())) {
                    authorities.setCertificateEntry("ca" + authorities.size(), authority);
                }
                trust.init(authorities);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), config.clientCa() == null ? null : trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException fault) {
            throw new IOException("admin.tls: " + fault.getMessage(), fault);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certificate[] certificates(Path file) throws GeneralSecurityException, IOException {
        byte[] pem = Files.readAllBytes(file);
        Certificate[] found = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem))
                .toArray(Certificate[]::new);
        if (found.length == 0) {
            throw new IOException("admin.tls: " + file + " holds no certificate (expected: PEM)");
        }
        return found;
    }

    private static PrivateKey key(Path file) throws GeneralSecurityException, IOException {
        Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new IOException("admin.tls.key: " + file + " holds no key (expected: PKCS#8 PEM without a password)");
        }
        PKCS8EncodedKeySpec spec =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        for (String algorithm : new String[] {"EC", "RSA", "EdDSA"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException other) {
                // It is of another kind.
            }
        }
        throw new IOException("admin.tls.key: " + file + " holds a key of no known kind (expected: EC, RSA or EdDSA)");
    }
}
