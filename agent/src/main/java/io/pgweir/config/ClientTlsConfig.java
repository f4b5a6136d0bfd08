package io.pgweir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * TLS between the client and pgweir. Certificate and key files are read again when they change.
 *
 * @param cert PEM file of the chain shown to clients; the server's own makes channel binding work
 * @param clientCa PEM file of the authorities that sign client certificates
 */
public record ClientTlsConfig(
        Mode mode,
        @Nullable Path cert,
        @Nullable Path key,
        @Nullable Path clientCa,
        ClientCertificate clientCertificate) {
    public static final ClientTlsConfig DEFAULT =
            new ClientTlsConfig(Mode.DISABLE, null, null, null, ClientCertificate.NONE);

    public enum Mode {
        DISABLE,
        ALLOW,
        REQUIRE
    }

    public enum ClientCertificate {
        NONE,
        OPTIONAL,
        REQUIRE
    }
}
