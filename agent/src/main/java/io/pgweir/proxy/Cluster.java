package io.pgweir.proxy;

import io.netty.channel.EventLoop;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.SendProxy;
import io.pgweir.routing.Balancer;
import io.pgweir.routing.Search;
import io.pgweir.routing.Wish;
import io.pgweir.topology.Node;
import io.pgweir.topology.Topology;
import io.pgweir.topology.monitor.TopologyMonitor;
import org.jspecify.annotations.Nullable;

/** A cluster as sessions see it: who its nodes are at this moment, who of them takes a session, and how they are reached. Any thread. */
public final class Cluster {
    private final String name;
    private final ClusterConfig config;
    private final ServerTls tls;
    private final Transport transport;
    private final Resolver resolver;
    private final Balancer balancer;
    private final @Nullable TopologyMonitor monitor;

    /** Of a cluster that nobody looks at. */
    private final Topology unasked;

    /** @param monitor null where nothing is known but the configuration */
    public Cluster(
            String name,
            ClusterConfig config,
            ServerTls tls,
            Transport transport,
            Resolver resolver,
            Balancer balancer,
            @Nullable TopologyMonitor monitor) {
        this.name = name;
        this.config = config;
        this.tls = tls;
        this.transport = transport;
        this.resolver = resolver;
        this.balancer = balancer;
        this.monitor = monitor;
        this.unasked = Topology.unasked(name, config.nodes());
    }

    public String name() {
        return name;
    }

    public Balancer balancer() {
        return balancer;
    }

    public Topology topology() {
        return monitor == null ? unasked : monitor.current();
    }

    /** Whether somebody looks what its nodes are. */
    public boolean isWatched() {
        return monitor != null;
    }

    ServerTls tls() {
        return tls;
    }

    Transport transport() {
        return transport;
    }

    Resolver resolver() {
        return resolver;
    }

    long connectTimeoutMillis() {
        return config.connectTimeout().toMillis();
    }

    /**
     * Connects from {@code loop} to a node that {@code wish} wants.
     *
     * @param client whom it is for
     */
    ServerConnector connect(EventLoop loop, Wish wish, Peer client) {
        return ServerConnector.search(this, loop, new Search(balancer, this::topology, wish), header(client));
    }

    /**
     * What a server is told of the client before all else; null for nothing.
     *
     * @param client null of a connection of pgweir's own
     */
    @Nullable
    ProxyHeader header(@Nullable Peer client) {
        if (config.sendProxy() == SendProxy.NONE) {
            return null;
        }
        return client == null ? ProxyHeader.OWN : new ProxyHeader(client);
    }

    /** A server told a session whether it is in recovery. */
    void onServerSaid(Node node, boolean inHotStandby) {
        if (monitor != null) {
            monitor.onServerSaid(node.name(), inHotStandby);
        }
    }
}
