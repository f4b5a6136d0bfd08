package io.pgweir.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a running agent's HTTP side is, and how it is asked. */
final class AdminOptions {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(3);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(15);

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8009",
            description = "Where the agent's admin side listens, or its URL. Default: ${DEFAULT-VALUE}.")
    private String address = "";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "With the bearer token, where the admin side wants one.")
    private @Nullable Path tokenFile;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build();

    /** It could not be asked, or said no; the message says which. */
    static final class AdminException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int exitCode;

        AdminException(int exitCode, String message) {
            super(message, null, false, false);
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    String get(String path) throws AdminException {
        return ask(request(path).GET().build());
    }

    String post(String path) throws AdminException {
        return ask(request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    /** What an answer says. */
    JsonView read(String answer) throws AdminException {
        try {
            return JsonView.of(answer);
        } catch (IllegalArgumentException unreadable) {
            throw new AdminException(ExitCode.DATA, address + ": no JSON (expected: pgweir's admin side)");
        }
    }

    /** One step of a path. */
    static String step(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) throws AdminException {
        String base = address.contains("://") ? address : "http://" + address;
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(base + path)).timeout(ANSWER_MAX);
        } catch (IllegalArgumentException unreadable) {
            throw new AdminException(ExitCode.USAGE, "--admin: `" + address + "` (expected: host:port, or a URL)");
        }
        if (tokenFile != null) {
            try {
                request.header(
                        "Authorization", "Bearer " + Files.readString(tokenFile).strip());
            } catch (IOException unreadable) {
                throw new AdminException(ExitCode.NO_INPUT, "--token-file: " + tokenFile + " cannot be read");
            }
        }
        return request;
    }

    private String ask(HttpRequest request) throws AdminException {
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 == 2) {
                return answer.body();
            }
            throw new AdminException(
                    answer.statusCode() == 404 ? ExitCode.NO_INPUT : ExitCode.UNAVAILABLE,
                    address + ": " + answer.statusCode() + ", " + detail(answer.body()));
        } catch (IOException unreachable) {
            String why = unreachable.getMessage();
            throw new AdminException(
                    ExitCode.UNAVAILABLE,
                    address + ": no answer" + (why == null ? "" : ": " + why) + " (expected: an agent with `admin`)");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AdminException(ExitCode.UNAVAILABLE, "interrupted");
        }
    }

    private static String detail(String body) {
        try {
            return JsonView.of(body).text("detail");
        } catch (IllegalArgumentException text) {
            return body.strip();
        }
    }
}
