package io.pgweir.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pgweir.config.ConfigException;
import io.pgweir.config.ConfigReader;
import io.pgweir.testing.Certificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP side of a running agent. */
class AdminIT {
    private static final String CONFIG = """
            clusters: {c: {nodes: ["127.0.0.1:1"]}}
            listeners: [{name: l, listen: "127.0.0.1:0", cluster: c}]
            admin: {listen: "%s"%s}
            """;

    @TempDir
    private Path dir;

    private static HttpResponse<String> ask(Agent agent, String path) throws Exception {
        InetSocketAddress address = Objects.requireNonNull(agent.adminAddress());
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void runningAgentIsReadyAndTellsItsMetrics() throws Exception {
        // Given
        try (Agent agent = Agent.start(ConfigReader.read("f", CONFIG.formatted("127.0.0.1:0", "")))) {
            // When
            HttpResponse<String> ready = ask(agent, "/readyz");
            HttpResponse<String> metrics = ask(agent, "/metrics");
            // Then
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(metrics.body()).contains("\npgweir_sessions_open 0.0\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n", "two words", "tökèn"})
    void tokenFileWithoutATokenStopsTheStart(String content) throws Exception {
        // Given
        Path file = Files.writeString(dir.resolve("token"), content);
        String text = CONFIG.formatted("127.0.0.1:0", ", token-file: " + file);
        // When
        AgentStartException fault =
                catchThrowableOfType(AgentStartException.class, () -> Agent.start(ConfigReader.read("f", text)));
        // Then
        assertThat(fault).hasMessageContaining("admin.token-file: " + file + " holds no token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:0", "[::]:8009", "db.example:8009", "127.evil.example:1"})
    void whatEverybodyReachesNeedsAToken(String listen) {
        // When
        ConfigException fault =
                catchThrowableOfType(ConfigException.class, () -> ConfigReader.read("f", CONFIG.formatted(listen, "")));
        // Then
        assertThat(fault)
                .hasMessageContaining("f:3:17: admin: listen: " + listen
                        + " for everybody (expected: a loopback address, or token-file or tls.client-ca beside it)");
    }

    @Test
    void withAClientCaNobodyComesInWithoutACertificate() throws Exception {
        // Given
        Certificates certificates = Certificates.in(dir);
        String tls = ", tls: {cert: %s, key: %s, client-ca: %s}"
                .formatted(certificates.serverCertificate(), certificates.serverKey(), certificates.ca());
        String text = CONFIG.formatted("0.0.0.0:0", tls);
        // When
        try (Agent agent = Agent.start(ConfigReader.read("f", text));
                HttpClient known = client(certificates, true);
                HttpClient unknown = client(certificates, false)) {
            int port = Objects.requireNonNull(agent.adminAddress()).getPort();
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/sessions"))
                    .build();
            // Then
            assertThat(known.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
            assertThatThrownBy(() -> unknown.send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    private static HttpClient client(Certificates certificates, boolean withOwn) throws Exception {
        SslContextBuilder tls = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(certificates.ca().toFile());
        if (withOwn) {
            tls = tls.keyManager(
                    certificates.clientCertificate().toFile(),
                    certificates.clientKey().toFile());
        }
        return HttpClient.newBuilder()
                .sslContext(((JdkSslContext) tls.build()).context())
                .build();
    }

    @Test
    void aTlsKeyThatIsNoneStopsTheStart() throws Exception {
        // Given
        Certificates certificates = Certificates.in(dir);
        String tls = ", tls: {cert: %s, key: %s}".formatted(certificates.serverCertificate(), certificates.ca());
        String text = CONFIG.formatted("127.0.0.1:0", tls);
        // When
        AgentStartException fault =
                catchThrowableOfType(AgentStartException.class, () -> Agent.start(ConfigReader.read("f", text)));
        // Then
        assertThat(fault).hasMessageContaining("holds no key (expected: PKCS#8 PEM without a password)");
    }

    @Test
    void addressInUseStopsTheStart() throws Exception {
        // Given
        try (Agent first = Agent.start(ConfigReader.read("f", CONFIG.formatted("127.0.0.1:0", "")))) {
            int port = Objects.requireNonNull(first.adminAddress()).getPort();
            // When
            AgentStartException fault = catchThrowableOfType(
                    AgentStartException.class,
                    () -> Agent.start(ConfigReader.read("f", CONFIG.formatted("127.0.0.1:" + port, ""))));
            // Then
            assertThat(fault).hasMessageContaining("admin, 127.0.0.1:" + port + ": ");
        }
    }
}
