package io.pgweir.proxy;

import io.netty.channel.EventLoop;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.SendProxy;
import io.pgweir.net.ServerTls;
import io.pgweir.net.Transport;
import io.pgweir.proxy.split.Freshness;
import io.pgweir.proxy.split.FunctionCatalogs;
import io.pgweir.proxy.split.Misroutes;
import io.pgweir.routing.Balancer;
import io.pgweir.routing.Departure;
import io.pgweir.routing.Search;
import io.pgweir.routing.Wish;
import io.pgweir.topology.Node;
import io.pgweir.topology.Topology;
import io.pgweir.topology.monitor.TopologyMonitor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A cluster as sessions see it: who its nodes are at this moment, who of them takes a session, and how they are reached. Any thread. */
public final class Cluster {
    /** Between two looks because sessions miss a node. */
    private static final long MISSED_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final String name;
    private final Transport transport;
    private final Resolver resolver;
    private final Balancer balancer;
    private final Freshness freshness = new Freshness();
    private final FunctionCatalogs functions = new FunctionCatalogs();
    private final AtomicLong missedNanos = new AtomicLong(System.nanoTime() - MISSED_NANOS);
    private final Misroutes misroutes = new Misroutes();
    private volatile Setup setup;
    private volatile long pausedUntil;
    private volatile boolean paused;

    /**
     * What a reload may change.
     *
     * @param unasked of a cluster that nobody looks at
     * @param monitor null where nothing is known but the configuration
     */
    private record Setup(
            ClusterConfig config,
            ServerTls tls,
            Topology unasked,
            @Nullable TopologyMonitor monitor) {}

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
        this.transport = transport;
        this.resolver = resolver;
        this.balancer = balancer;
        this.setup = setup(config, tls, monitor);
    }

    private Setup setup(ClusterConfig config, ServerTls tls, @Nullable TopologyMonitor monitor) {
        return new Setup(config, tls, Topology.unasked(name, config.nodes()), monitor);
    }

    /** From now on it is configured otherwise; its sessions are counted on. */
    public void become(ClusterConfig config, ServerTls tls, @Nullable TopologyMonitor monitor) {
        balancer.configure(config);
        setup = setup(config, tls, monitor);
    }

    public String name() {
        return name;
    }

    public Balancer balancer() {
        return balancer;
    }

    public Topology topology() {
        Setup now = setup;
        return now.monitor() == null ? now.unasked() : now.monitor().current();
    }

    /** Whether somebody looks what its nodes are. */
    public boolean isWatched() {
        return setup.monitor() != null;
    }

    /** Completes with what a look that begins now finds; at once where nobody looks. */
    public CompletableFuture<Topology> lookNow() {
        Setup now = setup;
        return now.monitor() == null
                ? CompletableFuture.completedFuture(now.unasked())
                : now.monitor().pollNow();
    }

    public ClusterConfig config() {
        return setup.config();
    }

    ServerTls tls() {
        return setup.tls();
    }

    Transport transport() {
        return transport;
    }

    Resolver resolver() {
        return resolver;
    }

    long connectTimeoutMillis() {
        return setup.config().connectTimeout().toMillis();
    }

    /**
     * Connects from {@code loop} to a node that {@code wish} wants.
     *
     * @param client whom it is for
     * @param seeker told of what it takes
     */
    ServerConnector connect(EventLoop loop, Wish wish, Peer client, ServerConnector.Seeker seeker) {
        return ServerConnector.search(this, loop, new Search(balancer, this::topology, wish), header(client), seeker);
    }

    /** The same, to one that can be connected to: it is told nothing. */
    ServerConnector connect(EventLoop loop, Wish wish, Peer client) {
        return ServerConnector.search(this, loop, new Search(balancer, this::topology, wish), header(client));
    }

    /** A session misses a node: what is known of it may be over. */
    void onNodeMissed() {
        TopologyMonitor monitor = setup.monitor();
        long now = System.nanoTime();
        long last = missedNanos.get();
        if (monitor != null && now - last >= MISSED_NANOS && missedNanos.compareAndSet(last, now)) {
            monitor.wake();
        }
    }

    /** Nothing begins on its leader, and sessions of split listeners wait, until {@link #resume}, and no longer than that. */
    public void pause(Duration max) {
        pausedUntil = System.nanoTime() + max.toNanos();
        paused = true;
    }

    public void resume() {
        paused = false;
    }

    /** Whether sessions of split listeners are to begin nothing. */
    public boolean isPaused() {
        return paused && System.nanoTime() - pausedUntil < 0;
    }

    /** How far its nodes are, as split sessions know it. */
    Freshness freshness() {
        return freshness;
    }

    /** What split sessions know of its databases' functions. */
    FunctionCatalogs functions() {
        return functions;
    }

    /** What standbys have refused of what split sessions asked them. */
    Misroutes misroutes() {
        return misroutes;
    }

    /**
     * What a server is told of the client before all else; null for nothing.
     *
     * @param client null of a connection of pgweir's own
     */
    @Nullable
    ProxyHeader header(@Nullable Peer client) {
        if (setup.config().sendProxy() == SendProxy.NONE) {
            return null;
        }
        return client == null ? ProxyHeader.OWN : new ProxyHeader(client);
    }

    /** Why a session has to leave the node that it was given; null where it may stay. */
    @Nullable
    String whyLeave(Node node, Wish wish) {
        if (balancer.isDrained(node.name())) {
            return "is being drained";
        }
        Departure departure = Departure.of(topology(), node, wish, drain().onLag());
        return departure == null ? null : departure.text();
    }

    DrainConfig drain() {
        return setup.config().drain();
    }

    /** A server told a session whether it is in recovery. */
    void onServerSaid(Node node, boolean inHotStandby) {
        TopologyMonitor monitor = setup.monitor();
        if (monitor != null) {
            monitor.onServerSaid(node.name(), inHotStandby);
        }
    }
}
