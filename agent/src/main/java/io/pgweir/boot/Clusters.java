package io.pgweir.boot;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.AuditTrail;
import io.pgweir.boot.AgentStartException.Kind;
import io.pgweir.config.ClusterConfig;
import io.pgweir.proxy.Cluster;
import io.pgweir.proxy.Resolver;
import io.pgweir.proxy.ServerTls;
import io.pgweir.proxy.Transport;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clusters of one agent, each with who chooses among its nodes and, where it is to be looked at, who looks. */
final class Clusters implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Clusters.class);

    /** How long a start waits for the first look at all clusters; who is not known by then is refused until he is. */
    private static final Duration FIRST_LOOK_MAX = Duration.ofSeconds(5);

    private final Map<String, Cluster> clusters = new LinkedHashMap<>();
    private final List<TopologyMonitor> monitors = new ArrayList<>();
    private final AuditTrail trail;
    private final Telemetry telemetry;

    Clusters(AuditTrail trail, Telemetry telemetry) {
        this.trail = trail;
        this.telemetry = telemetry;
    }

    /** Begins to look. */
    void start(Map<String, ClusterConfig> configs, int nodeSessionsMax, Transport transport, Resolver resolver)
            throws AgentStartException {
        for (Map.Entry<String, ClusterConfig> each : configs.entrySet()) {
            add(each.getKey(), each.getValue(), nodeSessionsMax, transport, resolver);
        }
        monitors.forEach(TopologyMonitor::start);
        awaitFirstLook();
    }

    private void add(String name, ClusterConfig config, int nodeSessionsMax, Transport transport, Resolver resolver)
            throws AgentStartException {
        ServerTls tls;
        try {
            tls = ServerTls.of(config.tls());
        } catch (SSLException failure) {
            throw new AgentStartException(Kind.TLS, "cluster " + name + ", tls: " + failure.getMessage(), failure);
        }
        TopologyMonitor monitor;
        try {
            monitor = Monitors.of(name, config, MonitorClock.SYSTEM, telemetry).orElse(null);
        } catch (IOException failure) {
            throw new AgentStartException(Kind.TLS, "cluster " + name + ": " + failure.getMessage(), failure);
        }
        Balancer balancer = new Balancer(config, new SplittableRandom());
        balancer.sessionsMax(nodeSessionsMax);
        clusters.put(name, new Cluster(name, config, tls, transport, resolver, balancer, monitor));
        if (monitor != null) {
            monitor.listen((transitions, now) -> onTransitions(balancer, transitions, now));
            monitors.add(monitor);
        }
    }

    private void awaitFirstLook() {
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
    private void onTransitions(Balancer balancer, List<Transition> transitions, Topology now) {
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
        balancer.keepOnly(now);
    }

    private static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    Cluster of(String name) {
        return Objects.requireNonNull(clusters.get(name), name);
    }

    @Override
    public void close() {
        monitors.forEach(TopologyMonitor::close);
    }
}
