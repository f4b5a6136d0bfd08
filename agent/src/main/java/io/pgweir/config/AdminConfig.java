package io.pgweir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP side.
 *
 * @param listen a loopback address, or any with a token or client certificates
 * @param tokenFile a file that holds the bearer token and nothing else; null for none
 * @param tls null for none
 * @param statementText what is shown of statements under way, besides fingerprint and class
 */
public record AdminConfig(
        HostPort listen, @Nullable Path tokenFile, @Nullable Tls tls, StatementText statementText) {

    /**
     * HTTPS.
     *
     * @param cert PEM file of the chain shown to clients
     * @param key PEM file of its key
     * @param clientCa PEM file of the authorities that sign clients' certificates, without which nobody gets in; null to ask for none
     */
    public record Tls(
            @Nullable Path cert,
            @Nullable Path key,
            @Nullable Path clientCa) {}

    /** What is shown of a statement. */
    public enum StatementText {
        NONE,
        /** Literals as {@code ?}, comments gone. */
        REDACTED,
        /** As written, but for secrets. */
        FULL
    }
}
