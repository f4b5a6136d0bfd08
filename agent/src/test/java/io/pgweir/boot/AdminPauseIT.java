package io.pgweir.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ConfigReader;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A switchover that clients of a split listener do not see: everybody waits while it is done. */
@Timeout(120)
class AdminPauseIT {
    @TempDir
    private Path dir;

    private PgServer primary;
    private PgServer standby;
    private Agent agent;

    @BeforeEach
    void start() throws Exception {
        primary = PgServer.builder().start();
        primary.query("create role weir login superuser");
        primary.query("create table t(i int)");
        standby = primary.replica("standby");
        agent = Agent.start(
                ConfigReader.read("f", """
                clusters:
                  c:
                    nodes: ["127.0.0.1:%d", "127.0.0.1:%d"]
                    monitor: {user: weir, poll: 100ms}
                listeners: [{name: front, listen: "127.0.0.1:0", cluster: c, mode: split, failover: {hold-max: 5s}}]
                audit: {sinks: [{file: {path: %s}}]}
                admin: {listen: "127.0.0.1:0"}
                """.formatted(primary.port(), standby.port(), dir.resolve("audit.ndjson"))));
    }

    @AfterEach
    void stop() {
        agent.close();
        standby.close();
        primary.close();
    }

    private PgWire login() {
        int port = Objects.requireNonNull(agent.addresses().get("front")).getPort();
        return PgWire.login("127.0.0.1", port, Map.of(), null);
    }

    private HttpResponse<String> post(String path) {
        int port = Objects.requireNonNull(agent.adminAddress()).getPort();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private JsonNode read(String path) {
        return new JsonMapper().readTree(post(path).body());
    }

    @Test
    void nobodySeesAPlannedSwitchover() {
        try (PgWire idle = login();
                PgWire busy = login();
                PgWire waiting = login()) {
            busy.query("begin");
            busy.query("insert into t values (1)");
            assertThat(read("/clusters/front/pause?max-seconds=100")
                            .path("busy")
                            .asInt())
                    .isOne();
            waiting.send(Frontend.query("insert into t values (2)"));
            assertThat(busy.query("commit")).contains("C(COMMIT)").doesNotContain("E(");
            JsonNode paused = read("/clusters/c/pause");
            assertThat(paused.path("busy").asInt()).isZero();
            assertThat(paused.path("paused").asBoolean()).isTrue();
            assertThat(primary.query("select count(*)::text from t")).isEqualTo("1");

            primary.close();
            standby.promote();

            CompletableFuture<PgWire> late = CompletableFuture.supplyAsync(this::login);
            assertThat(read("/clusters/c/resume").path("paused").asBoolean()).isFalse();
            assertThat(Reply.line(waiting.readUntilReady()))
                    .contains("INSERT 0 1")
                    .doesNotContain("E(");
            assertThat(idle.query("insert into t values (3)")).contains("INSERT 0 1");
            assertThat(busy.query("insert into t values (4)")).contains("INSERT 0 1");
            try (PgWire client = late.join()) {
                assertThat(client.query("insert into t values (5)")).contains("INSERT 0 1");
            }
        }
    }

    @Test
    void aPauseThatNobodyEndsEndsByItself() {
        try (PgWire client = login()) {
            post("/clusters/c/pause?max-seconds=1");
            assertThat(client.query("insert into t values (1)")).contains("INSERT 0 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "3601", "-1", "1m", "99999999999"})
    void howLongIsAWholeNumberOfSeconds(String seconds) {
        HttpResponse<String> answer = post("/clusters/c/pause?max-seconds=" + seconds);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("max-seconds: `" + seconds + "`", "from 1 to 3600");
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        assertThat(post("/clusters/none/pause").statusCode()).isEqualTo(404);
        assertThat(post("/clusters/none/resume").statusCode()).isEqualTo(404);
    }
}
