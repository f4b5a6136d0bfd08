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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The HTTP side of one agent. */
public final class Admin implements AutoCloseable {
    private final AdminServer server;
    private final Metrics metrics;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("admin-clock").factory());

    @SuppressWarnings("FutureReturnValueIgnored") // It ends with its clock.
    private Admin(HttpServer http, @Nullable String token, AdminConfig config, Parts parts) {
        metrics = new Metrics(parts.telemetry());
        Stats stats = new Stats(parts.telemetry(), System::nanoTime);
        clock.scheduleAtFixedRate(stats::sample, Stats.SAMPLE_SECONDS, Stats.SAMPLE_SECONDS, TimeUnit.SECONDS);
        server = AdminServer.start(http, token, parts.version(), endpoints(config, parts, stats));
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
        return new Admin(http, token, config, parts);
    }

    private List<Endpoint> endpoints(AdminConfig config, Parts parts, Stats stats) {
        List<Endpoint> endpoints = new ArrayList<>();
        endpoints.add(Endpoint.health());
        endpoints.add(Endpoint.ready(parts.unready()));
        endpoints.add(metrics.endpoint());
        endpoints.add(Endpoint.reload(parts.reload()));
        endpoints.addAll(new ClusterEndpoints(parts.clusters()).all());
        endpoints.addAll(new CaptureEndpoints(parts.captures()).all());
        endpoints.addAll(new SessionEndpoints(parts.sessions(), config.statementText()).all());
        endpoints.add(new RuleEndpoint(parts.rules(), parts.telemetry()).endpoint());
        endpoints.add(Endpoint.get(
                "/config",
                "the configuration as it runs, without secrets",
                request -> Answer.json(
                        200,
                        json -> new ConfigText(json).writeMembers(parts.config().get()))));
        endpoints.add(stats.endpoint());
        endpoints.addAll(new LogLevels(clock).endpoints());
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
        clock.shutdownNow();
        metrics.close();
    }
}
