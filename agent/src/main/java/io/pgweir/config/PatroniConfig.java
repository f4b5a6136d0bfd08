package io.pgweir.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Patroni's REST API, asked for the members of a cluster.
 *
 * @param urls of any of its members; all are asked at once
 * @param poll from one asking to the next
 * @param timeout of one request, from the connect to the last byte
 * @param tls files for https; the JDK's authorities where null
 * @param user of basic authentication, sent to {@code urls} only
 */
public record PatroniConfig(
        List<URI> urls,
        Duration poll,
        Duration timeout,
        @Nullable Tls tls,
        @Nullable String user,
        @Nullable SecretConfig password) {
    public static final Duration POLL = Duration.ofSeconds(3);
    public static final Duration TIMEOUT = Duration.ofSeconds(2);

    public PatroniConfig {
        urls = List.copyOf(urls);
    }

    /**
     * PEM files; the name in the certificate is always checked.
     *
     * @param ca of the authorities to trust; the JDK's where null
     * @param cert pgweir's own client certificate chain
     * @param key of {@code cert}
     */
    public record Tls(
            @Nullable Path ca,
            @Nullable Path cert,
            @Nullable Path key) {}
}
