package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.boot.AgentStartException;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ListenerLimitsConfig;
import io.pgweir.config.ThreadsConfig;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Unix-domain sockets of both sides. The way is two agents long: client, network, agent, socket, agent, network, server. */
class UnixSocketIT {
    private static final HostPort ANY = new HostPort("127.0.0.1", 0);

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(
            value = ThreadsConfig.Transport.class,
            names = {"EPOLL", "NIO"})
    void sessionsAndCancelsPass(ThreadsConfig.Transport transport) {
        // Given
        HostPort socket = new HostPort(directory.toString(), 6432);
        try (PgServer server = PgServer.builder().start();
                RunningAgent inner = RunningAgent.builder()
                        .transport(transport)
                        .cluster(to(new HostPort("127.0.0.1", server.port())), listener(socket))
                        .start();
                RunningAgent outer = RunningAgent.builder()
                        .transport(transport)
                        .cluster(to(socket), listener(ANY))
                        .start();
                PgWire client = outer.login()) {
            // When
            client.send(Frontend.query(
                    "select count(v) from (select repeat('x', 1000000) v from generate_series(1, 5)) q"));

            // Then
            assertThat(client.line()).contains("D(5)");
            client.send(Frontend.query("select pg_sleep(30)"));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(
                                    server.query(
                                            "select count(*) from pg_stat_activity where state = 'active' and query like '%(30)'"))
                            .isEqualTo("1"));
            try (PgWire canceller = outer.connect()) {
                canceller.send(Frontend.cancelRequest(client.pid(), client.cancelKey()));
                assertThat(canceller.readByte()).isEqualTo(-1);
            }
            assertThat(client.line()).contains("57014");
            assertThat(inner.someEvents(AuditEvent.SessionStart.class))
                    .singleElement()
                    .satisfies(event ->
                            assertThat(event.origin().client().address()).startsWith("[local u"));
        }
        assertThat(socket.path()).doesNotExist();
    }

    @Test
    void aFileThatNobodyListensAtIsTakenAwayAndPermissionsAreAsConfigured() throws IOException {
        // Given
        HostPort socket = new HostPort(directory.toString(), 6432);
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(socket.path()));
        }
        assertThat(socket.path()).exists();

        // When
        try (FakeServer nobody = FakeServer.playing(client -> {});
                RunningAgent agent = RunningAgent.builder()
                        .cluster(to(new HostPort("127.0.0.1", nobody.port())), listener(socket))
                        .start()) {
            // Then
            assertThat(agent.agent().addresses()).isEmpty();
            assertThat(Files.getPosixFilePermissions(socket.path()))
                    .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
            assertThat(answer(socket, Frontend.sslRequest())).isEqualTo("N");
        }
        assertThat(socket.path()).doesNotExist();
    }

    @Test
    void whereSomebodyListensOrThereIsAnotherFileTheStartStops() throws IOException {
        // Given
        HostPort socket = new HostPort(directory.toString(), 6432);
        HostPort file = new HostPort(directory.toString(), 6433);
        Files.writeString(file.path(), "mine");
        ClusterConfig cluster = to(new HostPort("127.0.0.1", 1));
        try (RunningAgent first =
                RunningAgent.builder().cluster(cluster, listener(socket)).start()) {
            // When
            assertThatThrownBy(() -> RunningAgent.builder()
                            .cluster(cluster, listener(socket))
                            .open())
                    .isInstanceOf(AgentStartException.class)
                    .hasMessageContaining("already");

            // Then
            assertThatThrownBy(() -> RunningAgent.builder()
                            .cluster(cluster, listener(file))
                            .open())
                    .isInstanceOf(AgentStartException.class)
                    .hasMessageContaining("is no socket");
            assertThat(Files.readString(file.path())).isEqualTo("mine");
            assertThat(first.agent().addresses()).isEmpty();
            assertThat(answer(socket, Frontend.sslRequest())).isEqualTo("N");
        }
    }

    private static String answer(HostPort socket, byte[] bytes) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()))) {
            client.write(ByteBuffer.wrap(bytes));
            ByteBuffer answer = ByteBuffer.allocate(64);
            client.read(answer);
            return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
        }
    }

    private static ClusterConfig to(HostPort node) {
        return new ClusterConfig(List.of(node), RunningAgent.NO_SERVER_TLS, Duration.ofSeconds(5));
    }

    private static ListenerConfig listener(HostPort listen) {
        return new ListenerConfig(
                "main",
                listen,
                "main",
                ListenerConfig.Mode.TRANSPARENT,
                List.of(),
                List.of(),
                RunningAgent.NO_CLIENT_TLS,
                0660,
                false,
                ListenerLimitsConfig.NONE,
                null,
                null,
                null);
    }
}
