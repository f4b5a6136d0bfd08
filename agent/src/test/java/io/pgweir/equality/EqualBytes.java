package io.pgweir.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.equality.Script.Trait;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Tap;
import io.pgweir.testing.Certificates;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plays scripts directly and through a proxy and compares: what the client received, with masks; between the client and a
 * {@link Tap} behind the proxy, every byte both ways, without masks; and what the proxy recorded, from play to play.
 *
 * <pre>
 *   client ------------------------------------ server     once a script
 *   client ---- proxy ---- tap (cuts, records) -- server   once a seed
 * </pre>
 *
 * With certificates, both legs are TLS and the tap sees nothing that could be compared.
 */
final class EqualBytes implements AutoCloseable {

    private final @Nullable Certificates pem;
    private final PgServer server;
    private final Tap direct;
    private final Tap cut;
    private final ProxyUnderTest proxy;
    private final ProxyUnderTest proxyOfCuts;
    private final Map<String, List<Player.Stream>> expected = new HashMap<>();
    private final Map<String, List<String>> recorded = new HashMap<>();

    EqualBytes(int major, @Nullable Certificates pem, ProxyUnderTest.Factory factory) {
        this.pem = pem;
        var builder = PgServer.builder()
                .major(major)
                .hba(
                        "host all eq_plain all password",
                        "host all eq_md5 all md5",
                        "host all eq_scram all scram-sha-256",
                        "host all eq_refused all reject",
                        "host all all all trust",
                        "host replication all all trust")
                .setting("max_connections", "50");
        if (pem != null) {
            builder.ssl(pem.serverCertificate(), pem.serverKey(), null);
        }
        server = builder.start();
        server.query("set password_encryption = md5; create role eq_md5 login password 'secret';"
                + " set password_encryption = 'scram-sha-256'; create role eq_scram login password 'secret';"
                + " create role eq_plain login password 'secret'; create role eq_refused login");
        direct = Tap.to("127.0.0.1", server.port());
        cut = Tap.cutting("127.0.0.1", server.port(), 42);
        proxy = factory.start(direct.port());
        proxyOfCuts = factory.start(cut.port());
    }

    /** Plays through the proxy, in pieces when the seed is not 0, and compares with the direct play. */
    void check(Script script, long seed) {
        List<Player.Stream> wanted = direct(script);
        Tap tap = seed == 0 ? direct : cut;
        ProxyUnderTest tested = seed == 0 ? proxy : proxyOfCuts;
        int before = tap.connections().size();
        long unexpected = tested.unexpectedMessages();
        List<Player.Stream> got = Player.play(script, server, () -> wire(tested.port(), seed));

        assertThat(got.stream().map(Player.Stream::masked).toList())
                .as("what the client received, against PostgreSQL itself")
                .isEqualTo(wanted.stream().map(Player.Stream::masked).toList());
        if (pem == null && !script.traits().contains(Trait.ANSWERED_BY_PROXY)) {
            List<Player.Stream> spoken =
                    got.stream().filter(s -> s.toServer().length > 0).toList();
            await().atMost(Duration.ofSeconds(10))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> isOver(tap, before, spoken));
            for (int i = 0; i < spoken.size(); i++) {
                compare(spoken.get(i), tap.connections().get(before + i));
            }
        }
        checkRecords(script, tested, unexpected);
    }

    /** How many bytes the script moves both ways. */
    long size(Script script) {
        return direct(script).stream()
                .mapToLong(s -> s.toServer().length + s.fromServer().length)
                .sum();
    }

    private List<Player.Stream> direct(Script script) {
        return expected.computeIfAbsent(script.name(), n -> Player.play(script, server, () -> wire(server.port(), 0)));
    }

    private void checkRecords(Script script, ProxyUnderTest tested, long unexpectedBefore) {
        List<String> records = Records.comparable(tested.takeRecords());
        if (!script.traits().contains(Trait.RECORDS_VARY)) {
            assertThat(records)
                    .as("what was recorded, play for play")
                    .isEqualTo(recorded.computeIfAbsent(script.name(), n -> records));
        }
        assertThat(tested.losses()).as("sessions not understood, records lost").isZero();
        if (!script.traits().contains(Trait.BREAKS_PROTOCOL)) {
            assertThat(tested.unexpectedMessages())
                    .as("answers that fit no request")
                    .isEqualTo(unexpectedBefore);
        }
    }

    private PgWire wire(int port, long seed) {
        PgWire wire =
                seed == 0 ? PgWire.connect(server.host(), port) : PgWire.connectCutting(server.host(), port, seed);
        if (pem != null) {
            assertThat(wire.requestTls(PgWire.trusting())).as("TLS").isTrue();
        }
        return wire;
    }

    private static boolean isOver(Tap tap, int before, List<Player.Stream> streams) {
        var fresh = tap.connections().subList(before, tap.connections().size());
        return fresh.size() >= streams.size() && fresh.stream().allMatch(Tap.Connection::isOver);
    }

    /** A server that has closed need not have read all that the client sent; a forwarder negotiates nothing itself. */
    private static void compare(Player.Stream client, Tap.Connection server) {
        var fromServer = assertThat(server.fromServer()).as("server -> client, behind and before the proxy");
        var toServer = assertThat(server.fromClient()).as("client -> server, behind and before the proxy");
        if (client.negotiated()) {
            fromServer.endsWith(client.fromServer());
            toServer.endsWith(client.toServer());
        } else {
            fromServer.isEqualTo(client.fromServer());
            if (!client.endedByServer()) {
                toServer.isEqualTo(client.toServer());
            } else {
                assertThat(client.toServer()).as("what reached the server").startsWith(server.fromClient());
            }
        }
    }

    @Override
    public void close() {
        proxy.close();
        proxyOfCuts.close();
        direct.close();
        cut.close();
        server.close();
    }
}
