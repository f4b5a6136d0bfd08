package io.pgweir.topology.patroni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pgweir.config.PatroniConfig;
import io.pgweir.config.SecretConfig;
import io.pgweir.testing.Certificates;
import io.pgweir.topology.Claim;
import io.pgweir.topology.Finding;
import io.pgweir.topology.Finding.Away;
import io.pgweir.topology.Finding.Found;
import io.pgweir.topology.Member;
import io.pgweir.topology.NodeState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatroniFinderTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final List<HttpServer> servers = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> bodies = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> authorizations = new ConcurrentLinkedQueue<>();

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }

    @Test
    void theHighestTimelineIsTheBestAnswer() throws Exception {
        // Given
        URI old = patroni("cluster-3.0.2.json");
        URI recent = patroni("cluster-3.0.2-switchover.json");

        // When
        Found found = found(config(Duration.ofSeconds(20), old, recent), false);

        // Then
        assertThat(claim(found, "n1").timeline()).isEqualTo(2);
        assertThat(claim(found, "n1").source()).isEqualTo("http://" + recent.getAuthority());
        assertThat(claim(found, "n1").lsn()).isEqualTo(-1);
    }

    /** One refuses, one never answers, one is no Patroni: the fourth does, and nobody waits for the second's timeout. */
    @Test
    void theDeadCostNoTime() throws Exception {
        // Given
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            URI refusing = http(freePort());
            URI hanging = http(silent.getLocalPort());
            bodies.put("/odd/cluster", "<html>".getBytes(StandardCharsets.UTF_8));
            URI odd = serve(plain());
            URI good = patroni("cluster-3.0.2.json");
            long before = System.nanoTime();

            // When
            Found found = found(config(Duration.ofMinutes(1), refusing, hanging, odd, good), false);

            // Then
            assertThat(found.members()).hasSize(3);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
        }
    }

    @Test
    void nobodySaysWhy() throws Exception {
        // Given
        URI absent = serve(plain());
        bodies.put("/cluster", new byte[PatroniFinder.BODY_BYTES_MAX + 1]);
        URI big = serve(plain());
        URI refusing = http(freePort());

        // When
        Finding finding = find(config(Duration.ofSeconds(20), refusing, big), false);
        bodies.clear();
        Finding none = find(config(Duration.ofSeconds(20), absent), false);

        // Then
        assertThat(((Away) finding).why())
                .startsWith("patroni: " + refusing + ": ")
                .endsWith(big + ": more than 1048576 bytes");
        assertThat(none).isEqualTo(new Away("patroni: " + absent + ": status 404 (expected: 200)"));
    }

    @Test
    void aServerThatNeverAnswersIsAwayAfterTheTimeout() throws Exception {
        // Given
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            // When
            Finding finding = find(config(Duration.ofMillis(100), http(silent.getLocalPort())), false);

            // Then
            assertThat(finding).isInstanceOf(Away.class);
        }
    }

    @Test
    void beforeFourOneEachMemberIsAskedForItsPosition() throws Exception {
        // Given
        URI url = serve(plain());
        String cluster = new String(ClusterReplyTest.bytes("cluster-3.0.2.json"), StandardCharsets.UTF_8);
        cluster = cluster.replace("http://127.0.0.1:58008", url + "/n0")
                .replace("http://127.0.0.1:58009/patroni", url + "/patroni")
                .replace("http://127.0.0.1:58010", "http://127.0.0.1:" + freePort());
        bodies.put("/cluster", cluster.getBytes(StandardCharsets.UTF_8));
        bodies.put("/patroni", ClusterReplyTest.bytes("patroni-3.0.2-replica.json"));

        // When
        Found found = found(config(Duration.ofSeconds(20), url), true);

        // Then
        assertThat(claim(found, "n1").lsn()).isEqualTo(86467288);
        assertThat(claim(found, "n1").systemIdentifier()).isEqualTo("7710421675625415943");
        assertThat(claim(found, "n2").lsn()).isEqualTo(-1);
    }

    /** It has the lock, and its server replays still: of any version. */
    @ParameterizedTest
    @CsvSource({
        "cluster-3.0.2.json, patroni-3.0.2-replica.json, STARTING",
        "cluster-3.0.2.json, patroni-3.0.2-leader.json, RUNNING",
        "cluster-4.1.4-replay-stopped.json, patroni-3.0.2-replica.json, STARTING",
        "cluster-4.1.4-replay-stopped.json, patroni-3.0.2-leader.json, RUNNING",
    })
    void aLeaderThatIsNotPromotedYetDoesNotServe(String cluster, String member, NodeState state) throws Exception {
        // Given
        URI url = serve(plain());
        String body = new String(ClusterReplyTest.bytes(cluster), StandardCharsets.UTF_8);
        bodies.put(
                "/cluster",
                body.replaceAll("http://127.0.0.1:580..", url.toString()).getBytes(StandardCharsets.UTF_8));
        bodies.put("/patroni", ClusterReplyTest.bytes(member));

        // When
        Found found = found(config(Duration.ofSeconds(20), url), true);

        // Then
        assertThat(claim(found, "n0").state()).isEqualTo(state);
        assertThat(claim(found, "n1").state().serves()).isTrue();
    }

    @Test
    void theUsersNameGoesToTheConfiguredHostsOnly() throws Exception {
        // Given
        URI other = serve(plain());
        bodies.put("/patroni", ClusterReplyTest.bytes("patroni-3.0.2-replica.json"));
        URI url = serve(plain());
        String cluster = new String(ClusterReplyTest.bytes("cluster-3.0.2.json"), StandardCharsets.UTF_8);
        bodies.put(
                "/cluster",
                cluster.replaceAll("http://127.0.0.1:580..", other.toString()).getBytes(StandardCharsets.UTF_8));
        Path password = Files.writeString(directory.resolve("secret"), "pa:ss\n");

        // When
        Found found = found(
                new PatroniConfig(
                        List.of(url),
                        PatroniConfig.POLL,
                        Duration.ofSeconds(20),
                        null,
                        "weir",
                        new SecretConfig(password, null)),
                true);

        // Then
        assertThat(found.members()).hasSize(3);
        assertThat(authorizations)
                .containsExactly("/cluster Basic d2VpcjpwYTpzcw==", "/patroni", "/patroni", "/patroni");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void tlsTrustsItsOwnAuthorityAndShowsItsCertificate(boolean withCertificate, boolean answered) throws Exception {
        // Given
        Certificates pem = Certificates.in(directory);
        HttpsServer https = https(pem);
        bodies.put("/cluster", ClusterReplyTest.bytes("cluster-3.0.2.json"));
        URI url = URI.create(serve(https).toString().replace("http:", "https:"));
        PatroniConfig.Tls tls = withCertificate
                ? new PatroniConfig.Tls(pem.ca(), pem.clientCertificate(), pem.clientKey())
                : new PatroniConfig.Tls(pem.ca(), null, null);

        // When
        Finding finding = find(
                new PatroniConfig(List.of(url), PatroniConfig.POLL, Duration.ofSeconds(20), tls, null, null), false);

        // Then
        assertThat(finding instanceof Found).isEqualTo(answered);
    }

    @Test
    void aFileWithoutACertificateStopsTheStart() throws IOException {
        // Given
        Path empty = Files.createFile(directory.resolve("ca.pem"));
        PatroniConfig config = new PatroniConfig(
                List.of(URI.create("https://h:1")),
                PatroniConfig.POLL,
                PatroniConfig.TIMEOUT,
                new PatroniConfig.Tls(empty, null, null),
                null,
                null);

        // Then
        assertThatThrownBy(() -> PatroniFinder.of(config, false)).hasMessageStartingWith("patroni, tls: ");
    }

    private URI patroni(String file) throws IOException {
        byte[] body = ClusterReplyTest.bytes(file);
        HttpServer server = plain();
        server.createContext("/cluster", exchange -> respond(exchange, body));
        return start(server);
    }

    private static HttpServer plain() throws IOException {
        return HttpServer.create(ANY_PORT, 0);
    }

    private HttpsServer https(Certificates pem) throws IOException {
        JdkSslContext context = (JdkSslContext) SslContextBuilder.forServer(
                        pem.serverCertificate().toFile(), pem.serverKey().toFile())
                .sslProvider(SslProvider.JDK)
                .trustManager(pem.ca().toFile())
                .clientAuth(ClientAuth.REQUIRE)
                .build();
        HttpsServer server = HttpsServer.create(ANY_PORT, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters required = getSSLContext().getDefaultSSLParameters();
                required.setNeedClientAuth(true);
                parameters.setSSLParameters(required);
            }
        });
        return server;
    }

    /** Whatever is in {@code bodies} when somebody asks. */
    private URI serve(HttpServer server) {
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            authorizations.add(path + (authorization == null ? "" : " " + authorization));
            respond(exchange, bodies.get(path));
        });
        return start(server);
    }

    private URI start(HttpServer server) {
        server.setExecutor(threads);
        server.start();
        servers.add(server);
        return http(server.getAddress().getPort());
    }

    private static void respond(HttpExchange exchange, byte @Nullable [] body) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
            if (body != null) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static URI http(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static PatroniConfig config(Duration timeout, URI... urls) {
        return new PatroniConfig(Arrays.asList(urls), PatroniConfig.POLL, timeout, null, null, null);
    }

    private static Found found(PatroniConfig config, boolean positions) throws Exception {
        return (Found) find(config, positions);
    }

    private static Finding find(PatroniConfig config, boolean positions) throws Exception {
        try (PatroniFinder finder = PatroniFinder.of(config, positions)) {
            return finder.find();
        }
    }

    private static Claim claim(Found found, String name) {
        Member member = found.members().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return Objects.requireNonNull(member.claim());
    }
}
