package io.pgweir.admin;

import io.pgweir.config.AdminConfig;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The HTTP side of one agent. */
public final class Admin implements AutoCloseable {
    private final AdminServer server;
    private final Metrics metrics;

    private Admin(AdminServer server, Metrics metrics) {
        this.server = server;
        this.metrics = metrics;
    }

    /**
     * @param unready why clients should not be sent here, at this moment; empty where they may. Any thread
     * @param reload begins to read anew what is read from files; does not wait for it. Any thread
     * @throws IOException where the token cannot be read, or the address cannot be bound; the message says which
     */
    public static Admin start(AdminConfig config, Telemetry telemetry, Supplier<List<String>> unready, Runnable reload)
            throws IOException {
        String token = token(config.tokenFile());
        Metrics metrics = new Metrics(telemetry);
        List<Endpoint> endpoints = List.of(
                Endpoint.health(),
                Endpoint.ready(unready),
                metrics.endpoint(),
                Endpoint.post("/reload", "reads rule files again", query -> {
                    reload.run();
                    return Answer.text(202, "reading\n");
                }));
        InetAddress host = InetAddress.getByName(config.listen().host());
        try {
            AdminServer server = AdminServer.start(
                    new InetSocketAddress(host, config.listen().port()), token, endpoints);
            return new Admin(server, metrics);
        } catch (IOException fault) {
            metrics.close();
            throw new IOException("admin, " + config.listen() + ": " + fault.getMessage(), fault);
        }
    }

    private static @Nullable String token(@Nullable Path file) throws IOException {
        if (file == null) {
            return null;
        }
        String token = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (token.isEmpty() || token.chars().anyMatch(letter -> letter <= ' ' || letter > '~')) {
            throw new IOException(
                    "admin.token-file: " + file + " holds no token (expected: one word of printable ASCII)");
        }
        return token;
    }

    public InetSocketAddress address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
        metrics.close();
    }
}
