package io.pgweir.admin;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/**
 * One method of one path.
 *
 * @param method GET, POST or PUT
 * @param path as asked for, from the first slash on; {@code {name}} stands for any one step
 * @param help for the page that lists them all
 * @param open whether it needs no token: for probes, which carry none
 */
record Endpoint(String method, String path, String help, boolean open, Handler handler) {

    /** Any thread, several at a time. */
    interface Handler {
        /**
         * @throws IOException where it cannot be answered; whoever asked hears 500
         * @throws IllegalArgumentException where it is asked wrongly; whoever asked hears 400 and the message
         */
        Answer answer(Request request) throws IOException;
    }

    static Endpoint get(String path, String help, Handler handler) {
        return new Endpoint("GET", path, help, false, handler);
    }

    static Endpoint post(String path, String help, Handler handler) {
        return new Endpoint("POST", path, help, false, handler);
    }

    static Endpoint put(String path, String help, Handler handler) {
        return new Endpoint("PUT", path, help, false, handler);
    }

    /** Says that the process is alive. */
    static Endpoint health() {
        return new Endpoint(
                "GET",
                "/healthz",
                "200 while the process answers",
                true,
                request -> Answer.json(200, json -> json.writeStringProperty("status", "alive")));
    }

    /** @param reasons why clients should not be sent here, at this moment; empty where they may */
    static Endpoint ready(Supplier<List<String>> reasons) {
        return new Endpoint("GET", "/readyz", "200 where clients may be sent here, else 503 and why", true, request -> {
            List<String> now = reasons.get();
            return Answer.json(now.isEmpty() ? 200 : 503, json -> {
                json.writeBooleanProperty("ready", now.isEmpty());
                writeTexts(json, "reasons", now);
            });
        });
    }

    static Endpoint reload(Supplier<ReloadReport> reload) {
        return post(
                "/reload", "reads the configuration and rules again: 200, or 422 and why nothing changed", request -> {
                    ReloadReport report = reload.get();
                    return Answer.json(report.taken() ? 200 : 422, json -> {
                        json.writeBooleanProperty("taken", report.taken());
                        writeTexts(json, "faults", report.faults());
                        writeTexts(json, "at_next_start", report.atNextStart());
                    });
                });
    }

    private static void writeTexts(JsonGenerator json, String name, List<String> texts) {
        json.writeArrayPropertyStart(name);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }
}
