package io.pgweir.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JDK's HTTP server with pgweir's endpoints, and what must hold for all of them.
 *
 * <pre>
 *   401  no token, or the wrong one (but for probes: Endpoint.open)
 *   403  a POST that a page of another origin sends from somebody's browser
 *   404  no such path        405  another method        400  a query that cannot be read
 * </pre>
 *
 * <p>A virtual thread a request; nothing here runs on an event loop.
 */
final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 64;
    private static final int DRAIN_SECONDS_MAX = 1;

    private final HttpServer server;
    private final ExecutorService threads;
    private final Door door;
    private final Map<String, Map<String, Endpoint>> endpoints;

    private AdminServer(HttpServer server, Door door, List<Endpoint> all) {
        this.server = server;
        this.door = door;
        threads = Executors.newVirtualThreadPerTaskExecutor();
        endpoints = all.stream()
                .collect(Collectors.groupingBy(
                        Endpoint::path, TreeMap::new, Collectors.toMap(Endpoint::method, Function.identity())));
    }

    /**
     * @param token that every request must bear; null for none
     * @throws IOException where the address cannot be bound
     */
    static AdminServer start(InetSocketAddress address, @Nullable String token, List<Endpoint> endpoints)
            throws IOException {
        AdminServer admin = new AdminServer(HttpServer.create(address, BACKLOG), new Door(token), endpoints);
        admin.server.createContext("/", admin::handle);
        admin.server.setExecutor(admin.threads);
        admin.server.start();
        return admin;
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
                answer = Answer.text(500, "internal error\n");
            }
            send(exchange, answer);
        } catch (IOException gone) {
            LOG.atDebug().setCause(gone).log("Admin client left");
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Map<String, Endpoint> methods = endpoints.get(path);
        boolean open = methods != null && methods.values().stream().allMatch(Endpoint::open);
        if (!open && !door.opensTo(exchange.getRequestHeaders().getFirst("Authorization"))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            return Answer.text(401, "a bearer token is needed\n");
        }
        if (path.equals("/")) {
            return Answer.text(200, index());
        }
        if (methods == null) {
            return Answer.text(404, "no such path: / lists all there are\n");
        }
        String method = exchange.getRequestMethod();
        Endpoint endpoint = methods.get(method.equals("HEAD") ? "GET" : method);
        if (endpoint == null) {
            exchange.getResponseHeaders().set("Allow", String.join(", ", methods.keySet()));
            return Answer.text(405, "method: " + method + " (expected: " + String.join(", ", methods.keySet()) + ")\n");
        }
        // A browser sends Origin with every POST that is not its own page's business.
        if (method.equals("POST") && exchange.getRequestHeaders().containsKey("Origin")) {
            return Answer.text(403, "requests of web pages are not taken\n");
        }
        Query query;
        try {
            query = Query.parse(exchange.getRequestURI().getRawQuery());
        } catch (IllegalArgumentException unreadable) {
            return Answer.text(400, "query: " + unreadable.getMessage() + "\n");
        }
        return endpoint.handler().answer(query);
    }

    private String index() {
        StringBuilder text = new StringBuilder();
        endpoints
                .values()
                .forEach(methods -> methods.values()
                        .forEach(endpoint -> text.append(String.format(
                                "%-5s %-20s %s%n", endpoint.method(), endpoint.path(), endpoint.help()))));
        return text.toString();
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
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
