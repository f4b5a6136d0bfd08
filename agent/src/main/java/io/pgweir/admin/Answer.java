package io.pgweir.admin;

import java.nio.charset.StandardCharsets;

/** What an endpoint says. */
record Answer(int status, String contentType, byte[] body) {
    static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer json(int status, byte[] utf8) {
        return new Answer(status, "application/json", utf8);
    }
}
