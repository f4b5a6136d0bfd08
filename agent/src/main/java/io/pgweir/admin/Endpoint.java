package io.pgweir.admin;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * One method of one path.
 *
 * @param method GET or POST
 * @param path as asked for, from the first slash on
 * @param help for the page that lists them all
 * @param open whether it needs no token: for probes, which carry none
 */
record Endpoint(String method, String path, String help, boolean open, Handler handler) {

    /** Any thread, several at a time. */
    interface Handler {
        /** @throws IOException where it cannot be answered; whoever asked hears 500 */
        Answer answer(Query query) throws IOException;
    }

    static Endpoint get(String path, String help, Handler handler) {
        return new Endpoint("GET", path, help, false, handler);
    }

    static Endpoint post(String path, String help, Handler handler) {
        return new Endpoint("POST", path, help, false, handler);
    }

    /** Says that the process is alive. */
    static Endpoint health() {
        return new Endpoint(
                "GET", "/healthz", "200 while the process answers", true, query -> Answer.text(200, "ok\n"));
    }

    /** @param reasons why clients should not be sent here, at this moment; empty where they may */
    static Endpoint ready(Supplier<List<String>> reasons) {
        return new Endpoint("GET", "/readyz", "200 where clients may be sent here, else 503 and why", true, query -> {
            List<String> now = reasons.get();
            return now.isEmpty() ? Answer.text(200, "ready\n") : Answer.text(503, String.join("\n", now) + "\n");
        });
    }
}
