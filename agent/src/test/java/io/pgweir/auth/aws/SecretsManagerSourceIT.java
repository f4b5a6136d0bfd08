package io.pgweir.auth.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pgweir.auth.CachedVerifiers;
import io.pgweir.auth.Lookup;
import io.pgweir.auth.Password;
import io.pgweir.auth.ScramVerifier;
import io.pgweir.config.AuthConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.ObjectMapper;

class SecretsManagerSourceIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> secrets = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private HttpServer aws;

    @BeforeEach
    void start() throws IOException {
        System.setProperty("aws.accessKeyId", "key");
        System.setProperty("aws.secretAccessKey", "secret");
        System.setProperty("aws.disableEc2Metadata", "true");
        aws = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        aws.createContext("/", this::answer);
        aws.start();
    }

    @AfterEach
    void stop() {
        aws.stop(0);
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @Test
    void aSecretOfRdsIsARolesPassword() {
        // Given
        secrets.put(
                "pg/alice",
                "{\"engine\":\"postgres\",\"nested\":{\"password\":\"no\"},\"port\":5432,"
                        + "\"username\":\"alice\",\"password\":\"p1\"}");
        secrets.put(
                "pg/bob",
                "{\"password\":\"SCRAM-SHA-256$4096:c2FsdA==$" + "A".repeat(43) + "=:" + "A".repeat(43) + "=\"}");
        try (var source = source("pg/{user}")) {
            // When, Then
            assertThat(source.isPerDatabase()).isFalse();
            assertThat(source.read("alice", "db"))
                    .isInstanceOfSatisfying(
                            Lookup.Found.class,
                            found -> assertThat(found.role().secret()).isInstanceOf(Password.class));
            assertThat(source.read("bob", "db"))
                    .isInstanceOfSatisfying(
                            Lookup.Found.class,
                            found -> assertThat(found.role().secret()).isInstanceOf(ScramVerifier.class));
            assertThat(source.read("nobody", "db")).isEqualTo(new Lookup.Absent());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"username\":\"bob\",\"password\":\"hidden\"} | is another role's (expected: username \"alice\")",
                "{\"username\":\"alice\"} | has no password (expected: username and password)",
                "{\"password\":7} | has no password (expected: username and password)",
                "\"hidden\" | is no JSON object (expected: username and password)",
                "hidden | is no JSON (expected: an object with username and password)",
                "{\"password\":\"hidden | is no JSON (expected: an object with username and password)",
                "{\"password\":\"SCRAM-SHA-256$hidden\"} | SCRAM verifier: another form (expected: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>)",
                "refuse | AccessDeniedException: no",
            })
    void whatIsNoPasswordIsNoAnswerAndIsNotShown(String secret, String reason) {
        // Given
        secrets.put("pg/d/alice", secret);
        try (var source = source("pg/{database}/{user}")) {
            // When, Then
            assertThat(source.isPerDatabase()).isTrue();
            assertThat(source.read("alice", "d")).isEqualTo(new Lookup.Unavailable("secret pg/d/alice: " + reason));
        }
    }

    @Test
    void aRotationIsSeenAfterAFailedLogin() {
        // Given
        secrets.put("pg/alice", "{\"password\":\"p1\"}");
        try (var verifiers = new CachedVerifiers(
                source("pg/{user}"), new AuthConfig.Cache(Duration.ofHours(1), Duration.ofSeconds(2), 10))) {
            Lookup before = lookup(verifiers);
            secrets.put("pg/alice", "{\"password\":\"p2\"}");
            // When
            Lookup kept = lookup(verifiers);
            // Then
            assertThat(kept).isSameAs(before);
            assertThat(calls).hasValue(1);
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                verifiers.invalidate("alice");
                return !lookup(verifiers).equals(before);
            });
            assertThat(calls).hasValue(2);
        }
    }

    @Test
    void aServiceThatIsAwayIsNoAnswer() {
        // Given
        SecretsManagerSource source = source("pg/{user}");
        aws.stop(0);
        // When
        Lookup away = source.read("alice", "");
        source.close();
        Lookup closed = source.read("alice", "");
        // Then
        assertThat(away)
                .isInstanceOfSatisfying(
                        Lookup.Unavailable.class,
                        fault -> assertThat(fault.reason()).startsWith("secret pg/alice: "));
        assertThat(closed).isEqualTo(new Lookup.Unavailable("secret pg/alice: stopped"));
    }

    private SecretsManagerSource source(String name) {
        URI endpoint = URI.create("http://127.0.0.1:" + aws.getAddress().getPort());
        return new SecretsManagerSource(new AuthConfig.SecretsManager(name, "eu-central-1", endpoint));
    }

    private static Lookup lookup(CachedVerifiers verifiers) {
        return verifiers
                .lookup("alice", "")
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private void answer(HttpExchange exchange) throws IOException {
        calls.incrementAndGet();
        String name = JSON.readTree(exchange.getRequestBody().readAllBytes())
                .get("SecretId")
                .asString();
        String secret = secrets.get(name);
        Map<String, String> answer = secret == null
                ? Map.of("__type", "ResourceNotFoundException", "message", "none")
                : secret.equals("refuse")
                        ? Map.of("__type", "AccessDeniedException", "message", "no")
                        : Map.of("Name", name, "SecretString", secret);
        byte[] body = JSON.writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(answer.containsKey("__type") ? 400 : 200, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }
}
