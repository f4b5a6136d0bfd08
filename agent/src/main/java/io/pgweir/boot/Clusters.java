package io.pgweir.boot;

import io.pgweir.admin.ClusterControl;
import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.AuditTrail;
import io.pgweir.boot.AgentStartException.Kind;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.net.ServerTls;
import io.pgweir.net.Transport;
import io.pgweir.proxy.Cluster;
import io.pgweir.proxy.ProxyContext;
import io.pgweir.proxy.Resolver;
import io.pgweir.routing.Balancer;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.topology.Topology;
import io.pgweir.topology.Transition;
import io.pgweir.topology.monitor.MonitorClock;
import io.pgweir.topology.monitor.Monitors;
import io.pgweir.topology.monitor.TopologyMonitor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clusters of one agent, each with who chooses among its nodes and, where it is to be looked at, who looks. */
final class Clusters implements ClusterControl, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Clusters.class);

    /** How long a start waits for the first look at all clusters; who is not known by then is refused until he is. */
    private static final Duration FIRST_LOOK_MAX = Duration.ofSeconds(5);

    private final Transport transport;
    private final Resolver resolver;
    private final AuditTrail trail;
    private final Telemetry telemetry;
    private final ProxyContext context;

    /** In the order of the configuration, by name. */
    private volatile Map<String, Open> open = Map.of();

    /** Names of clusters by those of listeners, in the order of the configuration. */
    private volatile Map<String, String> listeners = Map.of();

    /** One that is in force. */
    private record Open(
            ClusterConfig config, Cluster cluster, @Nullable TopologyMonitor monitor) {}

    Clusters(Transport transport, Resolver resolver, AuditTrail trail, Telemetry telemetry, ProxyContext context) {
        this.context = context;
        this.transport = transport;
        this.resolver = resolver;
        this.trail = trail;
        this.telemetry = telemetry;
        NodeMetrics.start(telemetry, this::clusters);
    }

    /** Everything that can go wrong with other clusters has gone well: {@link #commit} cannot fail. Closed without it, nothing has changed. */
    final class Prepared implements AutoCloseable {
        private final Map<String, Open> next = new LinkedHashMap<>();
        private final Map<String, ServerTls> tls = new LinkedHashMap<>();
        private final List<TopologyMonitor> fresh = new ArrayList<>();
        private final Map<String, String> behind = new LinkedHashMap<>();
        private final int nodeSessionsMax;
        private boolean committed;

        private Prepared(AgentConfig config) {
            nodeSessionsMax = config.limits().connectionsPer().node();
            for (ListenerConfig listener : config.listeners()) {
                behind.put(listener.name(), listener.cluster());
            }
        }

        /** As it is configured now, or is about to be. */
        Cluster of(String name) {
            return Objects.requireNonNull(next.get(name), name).cluster();
        }

        void commit() {
            Map<String, Open> before = open;
            committed = true;
            next.forEach((name, each) -> {
                each.cluster().balancer().sessionsMax(nodeSessionsMax);
                each.cluster().become(each.config(), Objects.requireNonNull(tls.get(name), name), each.monitor());
            });
            open = next;
            listeners = behind;
            next.forEach((name, each) -> {
                if (!each.equals(before.get(name))) {
                    context.onTopology(each.cluster());
                }
                each.cluster().balancer().goOn(System.nanoTime());
            });
            for (Open old : before.values()) {
                TopologyMonitor monitor = old.monitor();
                if (monitor != null && next.values().stream().noneMatch(each -> each.monitor() == monitor)) {
                    monitor.close();
                }
            }
        }

        @Override
        public void close() {
            if (!committed) {
                fresh.forEach(TopologyMonitor::close);
            }
        }
    }

    /** Reads TLS files, and begins to look at what is not looked at. */
    Prepared prepare(AgentConfig config) throws AgentStartException {
        Prepared prepared = new Prepared(config);
        try {
            for (Map.Entry<String, ClusterConfig> each : config.clusters().entrySet()) {
                add(prepared, each.getKey(), each.getValue());
            }
        } catch (AgentStartException failure) {
            prepared.close();
            throw failure;
        }
        prepared.fresh.forEach(TopologyMonitor::start);
        awaitFirstLook(prepared.fresh);
        return prepared;
    }

    private void add(Prepared prepared, String name, ClusterConfig config) throws AgentStartException {
        ServerTls tls;
        try {
            tls = ServerTls.of(config.tls());
        } catch (SSLException failure) {
            throw new AgentStartException(Kind.TLS, "cluster " + name + ", tls: " + failure.getMessage(), failure);
        }
        prepared.tls.put(name, tls);
        Open before = open.get(name);
        if (before != null && before.config().equals(config)) {
            prepared.next.put(name, before);
            return;
        }
        TopologyMonitor monitor;
        try {
            monitor = Monitors.of(name, config, MonitorClock.SYSTEM, telemetry).orElse(null);
        } catch (IOException failure) {
            throw new AgentStartException(Kind.TLS, "cluster " + name + ": " + failure.getMessage(), failure);
        }
        Cluster cluster = before == null
                ? new Cluster(
                        name, config, tls, transport, resolver, new Balancer(config, new SplittableRandom()), monitor)
                : before.cluster();
        if (monitor != null) {
            monitor.listen((transitions, now) -> onTransitions(cluster, transitions, now));
            prepared.fresh.add(monitor);
        }
        prepared.next.put(name, new Open(config, cluster, monitor));
    }

    private static void awaitFirstLook(List<TopologyMonitor> monitors) {
        CompletableFuture<?>[] looks =
                monitors.stream().map(TopologyMonitor::pollNow).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(looks).get(FIRST_LOOK_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            log.atWarn().log("Not all clusters are known yet");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** On a monitor's thread. */
    private void onTransitions(Cluster cluster, List<Transition> transitions, Topology now) {
        for (Transition transition : transitions) {
            trail.offer(new AuditEvent.TopologyChange(
                    micros(transition.at()),
                    transition.cluster(),
                    transition.node(),
                    transition.kind().label(),
                    transition.from(),
                    transition.to(),
                    transition.evidence()));
        }
        cluster.balancer().keepOnly(now);
        context.onTopology(cluster);
    }

    private static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    /** How long a session may take to end its transaction, of the cluster that gives most. */
    Duration deadlineMax() {
        Duration most = Duration.ZERO;
        for (Open each : open.values()) {
            Duration deadline = each.config().drain().deadline();
            most = deadline.compareTo(most) > 0 ? deadline : most;
        }
        return most;
    }

    @Override
    public Collection<Cluster> clusters() {
        return open.values().stream().map(Open::cluster).toList();
    }

    @Override
    public List<String> listeners(Cluster cluster) {
        return listeners.entrySet().stream()
                .filter(listener -> listener.getValue().equals(cluster.name()))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public @Nullable Cluster cluster(String clusterOrListener) {
        Map<String, Open> now = open;
        Open own = now.get(clusterOrListener);
        Open found = own == null ? now.get(listeners.getOrDefault(clusterOrListener, "")) : own;
        return found == null ? null : found.cluster();
    }

    @Override
    public int pause(Cluster cluster, Duration max) {
        if (!cluster.isPaused()) {
            tellChange(cluster, "", "paused");
        }
        cluster.pause(max);
        CompletableFuture.delayedExecutor(max.toMillis() + 1, TimeUnit.MILLISECONDS)
                .execute(() -> context.onTopology(cluster));
        return context.sessions().busy(cluster);
    }

    @Override
    public void resume(Cluster cluster) {
        if (cluster.isPaused()) {
            cluster.resume();
            tellChange(cluster, "", "resumed");
        }
        context.onTopology(cluster);
    }

    private void tellChange(Cluster cluster, String node, String change) {
        log.atInfo()
                .addKeyValue("cluster", cluster.name())
                .addKeyValue("node", node)
                .addKeyValue("change", change)
                .log("Cluster is no longer as it was, over the admin side");
        trail.offer(new AuditEvent.TopologyChange(
                micros(Instant.now()), cluster.name(), node, change, "", "", List.of("admin")));
    }

    @Override
    public void drain(Cluster cluster, String node, boolean drained) {
        if (cluster.balancer().isDrained(node) == drained) {
            return;
        }
        cluster.balancer().drain(node, drained);
        tellChange(cluster, node, drained ? "drained" : "undrained");
        context.onTopology(cluster);
    }

    @Override
    public void close() {
        for (Open each : open.values()) {
            if (each.monitor() != null) {
                each.monitor().close();
            }
        }
    }
}
