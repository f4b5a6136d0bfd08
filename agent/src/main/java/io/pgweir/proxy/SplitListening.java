package io.pgweir.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgweir.auth.ChannelBinding;
import io.pgweir.config.SplitConfig;
import io.pgweir.proxy.split.Holds;
import io.pgweir.proxy.split.Judge;
import io.pgweir.proxy.split.NodeConnection;
import io.pgweir.proxy.split.NodeConnector;
import io.pgweir.proxy.split.SplitSession;
import io.pgweir.proxy.split.SplitSetup;
import io.pgweir.routing.Lease;
import io.pgweir.routing.Wish;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.wire.StartupPacket;
import java.security.cert.X509Certificate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the split sessions of one listener share, and how they come to their nodes.
 *
 * @param wish what node answers their reads
 * @param certificates null where they let nobody in
 */
record SplitListening(
        Cluster cluster,
        Wish wish,
        SplitSetup setup,
        @Nullable CertificateLogin certificates) {

    /** @param secrets null where nodes ask for none */
    static SplitListening of(ProxyContext context, SplitConfig config, Cluster cluster, @Nullable NodeSecrets secrets) {
        return new SplitListening(
                cluster,
                Wish.of(config.reads()),
                new SplitSetup(
                        config.reads(),
                        config.failover(),
                        new Holds(config.failover().holdSessions()),
                        secrets == null ? null : secrets.verifiers(),
                        secrets == null ? null : secrets.tokens(),
                        cluster.freshness(),
                        cluster.functions(),
                        cluster.misroutes(),
                        context::statements,
                        context::facts,
                        context.telemetry()),
                CertificateLogin.of(config));
    }

    /** The connection to all servers of a session, in the place of that to its leader. */
    ServerConnection begin(
            EventLoop loop, StartupPacket.Startup startup, ServerConnection leader, Peer client, Judge judge) {
        SplitSession session =
                SplitSession.begin(setup, loop, startup, to(leader, lease(leader)), new Nodes(loop, client), judge);
        return new ServerConnection(
                session.socket(), leader.node(), leader.address(), leader.certificate(), leader.place(), null, session);
    }

    private static NodeConnection to(ServerConnection connection, Runnable onEnded) {
        Place place = Objects.requireNonNull(connection.place(), "for no session");
        byte[] endPoint = connection.certificate() instanceof X509Certificate certificate
                ? ChannelBinding.endPoint(certificate).orElse(null)
                : null;
        return new NodeConnection(
                connection.channel(),
                place.node(),
                connection.node(),
                connection.address(),
                connection.isTls(),
                endPoint,
                onEnded);
    }

    private static Runnable lease(ServerConnection connection) {
        Lease lease =
                Objects.requireNonNull(connection.place(), "for no session").lease();
        return () -> lease.onEnded(System.nanoTime());
    }

    private final class Nodes implements NodeConnector {
        private final EventLoop loop;
        private final Peer client;

        Nodes(EventLoop loop, Peer client) {
            this.loop = loop;
            this.client = client;
        }

        @Override
        public Future<NodeConnection> reader() {
            return connect(wish);
        }

        private Future<NodeConnection> connect(Wish wanted) {
            Promise<NodeConnection> result = loop.newPromise();
            ServerConnector connector = cluster.connect(loop, wanted, client);
            connector.result().addListener((Future<ServerConnection> done) -> {
                if (!done.isSuccess()) {
                    result.tryFailure(done.cause());
                } else if (!result.trySuccess(to(done.getNow(), lease(done.getNow())))) {
                    done.getNow().abandon();
                }
            });
            result.addListener(done -> {
                if (done.isCancelled()) {
                    connector.cancel();
                }
            });
            return result;
        }

        @Override
        public Future<NodeConnection> leader() {
            return connect(Wish.LEADER);
        }

        @Override
        public String cluster() {
            return cluster.name();
        }

        @Override
        public void look() {
            cluster.onNodeMissed();
        }

        @Override
        public boolean isPaused() {
            return cluster.isPaused();
        }

        @Override
        public boolean mayLead(Node node) {
            return cluster.whyLeave(node, Wish.LEADER) == null;
        }

        @Override
        public long timeoutMillis() {
            return cluster.connectTimeoutMillis();
        }

        @Override
        public boolean mayStay(Node node) {
            return cluster.whyLeave(node, wish) == null && followsLeader(node.name());
        }

        @Override
        public long lagBytes(Node node) {
            for (Node each : cluster.topology().nodes()) {
                if (each.name().equals(node.name())) {
                    return switch (each.lag().bytesFrom()) {
                        case UNKNOWN, PATRONI_RECEIVED -> -1;
                        case SELF, SQL, PATRONI -> each.lag().bytes();
                    };
                }
            }
            return -1;
        }

        /** A node that is still on a former leader's timeline may be ahead in it, and behind in this one. */
        private boolean followsLeader(String name) {
            int leaders = 0;
            int own = 0;
            for (Node each : cluster.topology().nodes()) {
                if (each.role() == NodeRole.LEADER) {
                    leaders = each.timeline();
                }
                if (each.name().equals(name)) {
                    own = each.timeline();
                }
            }
            return own == 0 || leaders == 0 || own >= leaders;
        }
    }
}
