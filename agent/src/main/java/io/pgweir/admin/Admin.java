package io.pgweir.admin;

import com.sun.net.httpserver.HttpServer;
import io.pgweir.config.AdminConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The HTTP side of one agent. */
public final class Admin implements AutoCloseable {
    private final AdminServer server;
    private final Metrics metrics;

    private Admin(AdminServer server, Metrics metrics) {
        this.server = server;
        this.metrics = metrics;
    }

    /** @throws IOException where the token cannot be read, or the address cannot be bound; the message says which */
    public static Admin start(AdminConfig config, Parts parts) throws IOException {
        String token = token(config.tokenFile());
        InetAddress host = InetAddress.getByName(config.listen().host());
        HttpServer http;
        try {
            http = AdminServer.bind(new InetSocketAddress(host, config.listen().port()), config.tls());
        } catch (IOException fault) {
            throw new IOException("admin, " + config.listen() + ": " + fault.getMessage(), fault);
        }
        Metrics metrics = new Metrics(parts.telemetry());
        return new Admin(AdminServer.start(http, token, parts.version(), endpoints(config, parts, metrics)), metrics);
    }

    private static List<Endpoint> endpoints(AdminConfig config, Parts parts, Metrics metrics) {
        List<Endpoint> endpoints = new ArrayList<>();
        endpoints.add(Endpoint.health());
        endpoints.add(Endpoint.ready(parts.unready()));
        endpoints.add(metrics.endpoint());
        endpoints.add(Endpoint.post("/reload", "reads rule files again", request -> {
            parts.reload().run();
            return Answer.json(202, json -> json.writeStringProperty("status", "reading"));
        }));
        endpoints.addAll(new SessionEndpoints(parts.sessions(), config.statementText()).all());
        return endpoints;
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
