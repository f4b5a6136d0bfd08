package io.pgweir.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pgweir.config.AdminConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JDK's HTTP server with pgweir's endpoints, and what must hold for all of them.
 *
 * <pre>
 *   401  no token, or the wrong one (but for probes: Endpoint.open)
 *   403  what a page of another origin sends from somebody's browser, but for GET
 *   404  no such path        405  another method        400  a query or body that cannot be read
 *   413  a body over {@value #BODY_BYTES_MAX} bytes
 * </pre>
 *
 * <p>A virtual thread a request; nothing here runs on an event loop.
 */
final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 64;
    private static final int DRAIN_SECONDS_MAX = 1;
    private static final int BODY_BYTES_MAX = 64 << 10;

    /** Read by the JDK's server when its first one is made: whoever is slow, or many, is shown out. */
    private static final Map<String, String> BOUNDS = Map.of(
            "sun.net.httpserver.maxReqTime", "30",
            "sun.net.httpserver.maxRspTime", "60",
            "sun.net.httpserver.maxReqHeaders", "64",
            "jdk.httpserver.maxConnections", "256");

    private final HttpServer server;
    private final ExecutorService threads;
    private final Door door;
    private final List<Route> routes;

    private AdminServer(HttpServer server, Door door, List<Route> routes) {
        this.server = server;
        this.door = door;
        this.routes = routes;
        threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    /**
     * @param server bound, not started
     * @param token that every request must bear; null for none
     * @param version of the program, for the page that lists all endpoints
     */
    static AdminServer start(HttpServer server, @Nullable String token, String version, List<Endpoint> endpoints) {
        List<Endpoint> all = new ArrayList<>(endpoints);
        all.add(Endpoint.get("/", "this list", request -> index(version, all)));
        Map<String, Route> routes = new TreeMap<>();
        all.forEach(
                endpoint -> routes.computeIfAbsent(endpoint.path(), Route::new).add(endpoint));
        AdminServer admin = new AdminServer(server, new Door(token), List.copyOf(routes.values()));
        server.createContext("/", admin::handle);
        server.setExecutor(admin.threads);
        server.start();
        return admin;
    }

    /**
     * On {@code address}.
     *
     * @param tls null for plain HTTP
     * @throws IOException where it cannot be bound, or its files are no good
     */
    static HttpServer bind(InetSocketAddress address, AdminConfig.@Nullable Tls tls) throws IOException {
        BOUNDS.forEach((name, bound) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, bound);
            }
        });
        return tls == null ? HttpServer.create(address, BACKLOG) : AdminTls.server(address, BACKLOG, tls);
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            Answer answer;
            try {
                answer = answer(exchange);
            } catch (IOException | RuntimeException fault) {
                LOG.atWarn()
                        .setCause(fault)
                        .addKeyValue("path", exchange.getRequestURI().getPath())
                        .log("Admin request failed");
                answer = Answer.problem(500, "a fault of pgweir itself; its log says which");
            }
            send(exchange, answer);
        } catch (IOException gone) {
            LOG.atDebug().setCause(gone).log("Admin client left");
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        Route route = null;
        Map<String, String> parts = Map.of();
        for (Route each : routes) {
            Map<String, String> found = route == null ? each.match(path) : null;
            if (found != null) {
                route = each;
                parts = found;
            }
        }
        Headers headers = exchange.getRequestHeaders();
        if ((route == null || !route.isOpen()) && !door.opensTo(headers.getFirst("Authorization"))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            return Answer.problem(401, "a bearer token is needed");
        }
        if (route == null) {
            return Answer.problem(404, "no such path (expected: one of those that / lists)");
        }
        String method = exchange.getRequestMethod();
        Endpoint endpoint = route.of(method);
        if (endpoint == null) {
            exchange.getResponseHeaders().set("Allow", route.allowed());
            return Answer.problem(405, "method: " + method + " (expected: " + route.allowed() + ")");
        }
        // A browser sends Origin with every request that changes something and is not its own page's business.
        if (!endpoint.method().equals("GET") && headers.containsKey("Origin")) {
            return Answer.problem(403, "requests of web pages are not taken");
        }
        byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
        if (body.length > BODY_BYTES_MAX) {
            return Answer.problem(413, "body: over " + BODY_BYTES_MAX + " bytes (expected: fewer)");
        }
        try {
            Query query = Query.parse(exchange.getRequestURI().getRawQuery());
            return endpoint.handler().answer(new Request(parts, query, body));
        } catch (IllegalArgumentException wrong) {
            return Answer.problem(400, String.valueOf(wrong.getMessage()));
        }
    }

    private static Answer index(String version, List<Endpoint> endpoints) {
        return Answer.json(200, json -> {
            json.writeStringProperty("name", "pgweir").writeStringProperty("version", version);
            json.writeArrayPropertyStart("endpoints");
            for (Endpoint endpoint : endpoints) {
                json.writeStartObject()
                        .writeStringProperty("method", endpoint.method())
                        .writeStringProperty("path", endpoint.path())
                        .writeStringProperty("help", endpoint.help())
                        .writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        // 0 would mean a body of unknown length, -1 means none.
        exchange.sendResponseHeaders(answer.status(), head || answer.body().length == 0 ? -1 : answer.body().length);
        if (!head) {
            exchange.getResponseBody().write(answer.body());
        }
    }

    /** Takes no more requests; those under way have a moment to end. */
    @Override
    public void close() {
        server.stop(DRAIN_SECONDS_MAX);
        threads.shutdownNow();
    }
}
