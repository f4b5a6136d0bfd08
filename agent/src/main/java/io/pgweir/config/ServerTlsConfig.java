package io.pgweir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * TLS between pgweir and the server, in libpq's words.
 *
 * @param ca PEM file of the authorities to trust; the JDK's where null and a mode verifies
 * @param cert PEM file of pgweir's own client certificate chain
 * @param key PEM file of its key
 */
public record ServerTlsConfig(
        Mode mode,
        Negotiation negotiation,
        @Nullable Path ca,
        @Nullable Path cert,
        @Nullable Path key) {
    /** libpq's own. */
    public static final ServerTlsConfig DEFAULT =
            new ServerTlsConfig(Mode.PREFER, Negotiation.POSTGRES, null, null, null);

    public enum Mode {
        DISABLE,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL
    }

    /** sslnegotiation: an SSLRequest first, or TLS at once (PostgreSQL 17). */
    public enum Negotiation {
        POSTGRES,
        DIRECT
    }
}
