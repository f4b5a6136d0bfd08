package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionsCommandTest {
    private static final String SESSIONS = """
            {"count": 2, "sessions": [
              {"id": "one", "user": "app", "database": "orders", "application": "sh\\u001b[2Jop", "client": "10.0.0.9:4711",
               "listener": "rw", "node": "pg-1:5432", "state": "idle in transaction", "state_ms": 250000,
               "statement": {"fingerprint": "fp1:0", "class": "write", "command": "UPDATE"}, "statements": 7, "errors": 1},
              {"id": "two", "user": "bob", "database": "orders", "client": "10.0.0.8:4712", "listener": "rw",
               "state": "starting", "state_ms": 12, "statements": 0, "errors": 0}]}
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer agent;

    @BeforeEach
    void start() throws Exception {
        agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.createContext("/sessions", exchange -> {
            byte[] bytes = SESSIONS.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        agent.start();
    }

    @AfterEach
    void stop() {
        agent.stop(0);
    }

    private int run(String... options) {
        String[] all = new String[options.length + 2];
        all[0] = "sessions";
        all[1] = "--admin=127.0.0.1:" + agent.getAddress().getPort();
        System.arraycopy(options, 0, all, 2, options.length);
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), all);
    }

    @Test
    void sessionsAreATableThatNobodyCanDrawIn() {
        // When
        int code = run();
        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).doesNotContain("\u001b");
        assertThat(out.toString().lines().map(line -> line.replaceAll(" {2,}", "|")))
                .containsExactly(
                        "WHO|APPLICATION|CLIENT|LISTENER|NODE|STATE|FOR|STATEMENT|DONE|ERRORS|ID",
                        "app@orders|sh?[2Jop|10.0.0.9:4711|rw|pg-1:5432|idle in transaction|4 min|UPDATE|7|1|one",
                        "bob@orders|10.0.0.8:4712|rw|starting|12 ms|0|0|two");
    }

    @Test
    void programsGetWhatTheAgentSays() {
        // When
        int code = run("--json");
        // Then
        assertThat(code).isZero();
        assertThat(out.toString().strip()).isEqualTo(SESSIONS.strip());
    }
}
