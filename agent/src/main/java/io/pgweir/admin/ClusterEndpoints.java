package io.pgweir.admin;

import io.pgweir.proxy.Cluster;
import io.pgweir.topology.Lag;
import io.pgweir.topology.Node;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/** Who is who in each cluster, and who is out and why; looking again at once; emptying a node, and giving it back. */
final class ClusterEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterEndpoints.class);
    private static final Duration LOOK_MAX = Duration.ofSeconds(10);
    private static final int PAUSE_SECONDS = 60;
    private static final int PAUSE_SECONDS_MAX = 3600;

    private final ClusterControl control;

    ClusterEndpoints(ClusterControl control) {
        this.control = control;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.get("/clusters", "nodes, roles, lag, sessions, and why a node is out", request -> list()),
                Endpoint.post("/update_clusters", "looks at all clusters at once, and says what it saw", request -> {
                    update();
                    return list();
                }),
                Endpoint.post(
                        "/clusters/{cluster}/nodes/{node}/drain",
                        "no new sessions for a node; those it has end after their transaction",
                        request -> drain(request, true)),
                Endpoint.post(
                        "/clusters/{cluster}/nodes/{node}/undrain",
                        "a node takes sessions again",
                        request -> drain(request, false)),
                Endpoint.post(
                        "/clusters/{cluster}/pause",
                        "split sessions begin nothing until resume, or for max-seconds (" + PAUSE_SECONDS + ")",
                        this::pause),
                Endpoint.post("/clusters/{cluster}/resume", "split sessions go on", this::resume));
    }

    /** Waits for all, but no longer than {@link #LOOK_MAX}: what is known by then is shown. */
    private void update() {
        CompletableFuture<?>[] looks =
                control.clusters().stream().map(Cluster::lookNow).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(looks).get(LOOK_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            LOG.atWarn().log("Not all clusters answered in time");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer pause(Request request) {
        Cluster cluster = control.cluster(request.part("cluster"));
        if (cluster == null) {
            return noCluster(request);
        }
        String asked = request.parameter("max-seconds");
        int seconds = asked == null ? PAUSE_SECONDS : asked.matches("[0-9]{1,4}") ? Integer.parseInt(asked) : 0;
        if (seconds < 1 || seconds > PAUSE_SECONDS_MAX) {
            return Answer.problem(
                    400, "max-seconds: `" + asked + "` (expected: a whole number from 1 to " + PAUSE_SECONDS_MAX + ")");
        }
        return paused(cluster, control.pause(cluster, Duration.ofSeconds(seconds)));
    }

    private Answer resume(Request request) {
        Cluster cluster = control.cluster(request.part("cluster"));
        if (cluster == null) {
            return noCluster(request);
        }
        control.resume(cluster);
        return paused(cluster, 0);
    }

    private static Answer paused(Cluster cluster, int busy) {
        boolean paused = cluster.isPaused();
        return Answer.json(202, json -> {
            json.writeStringProperty("cluster", cluster.name());
            json.writeBooleanProperty("paused", paused);
            if (paused) {
                json.writeNumberProperty("busy", busy);
            }
        });
    }

    private static Answer noCluster(Request request) {
        return Answer.problem(
                404, "no cluster or listener `" + request.part("cluster") + "` (expected: one that /clusters lists)");
    }

    private Answer drain(Request request, boolean drained) {
        Cluster cluster = control.cluster(request.part("cluster"));
        if (cluster == null) {
            return noCluster(request);
        }
        String node = request.part("node");
        List<String> nodes = cluster.topology().nodes().stream().map(Node::name).toList();
        if (!nodes.contains(node) && !cluster.balancer().isDrained(node)) {
            return Answer.problem(
                    404,
                    "no node `" + node + "` in cluster `" + cluster.name() + "` (expected: " + String.join(", ", nodes)
                            + ")");
        }
        control.drain(cluster, node, drained);
        return Answer.json(202, json -> {
            json.writeStringProperty("cluster", cluster.name());
            json.writeStringProperty("node", node);
            json.writeBooleanProperty("drained", drained);
            json.writeNumberProperty("sessions", cluster.balancer().sessions(node));
        });
    }

    private Answer list() {
        return Answer.json(200, json -> {
            json.writeArrayPropertyStart("clusters");
            control.clusters().forEach(cluster -> write(json, cluster));
            json.writeEndArray();
        });
    }

    private void write(JsonGenerator json, Cluster cluster) {
        Topology topology = cluster.topology();
        Node leader = topology.leader();
        json.writeStartObject();
        json.writeStringProperty("name", cluster.name());
        texts(json, "listeners", control.listeners(cluster));
        json.writeBooleanProperty("watched", cluster.isWatched());
        json.writeBooleanProperty("paused", cluster.isPaused());
        if (leader != null) {
            json.writeStringProperty("leader", leader.name());
        }
        if (topology.systemIdentifier() != null) {
            json.writeStringProperty("system_identifier", topology.systemIdentifier());
        }
        if (cluster.isWatched()) {
            json.writeNumberProperty("age_ms", TimeUnit.NANOSECONDS.toMillis(topology.ageNanos(System.nanoTime())));
            json.writeStringProperty("taken_at", topology.takenAt().toString());
            texts(json, "away", topology.away());
        }
        json.writeArrayPropertyStart("nodes");
        topology.nodes().forEach(node -> write(json, cluster, node));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Cluster cluster, Node node) {
        Outage outage = node.outage();
        boolean drained = cluster.balancer().isDrained(node.name());
        json.writeStartObject();
        json.writeStringProperty("name", node.name());
        json.writeStringProperty("address", node.address().toString());
        if (node.at() != null) {
            json.writeStringProperty("at", node.at().getHostAddress());
        }
        json.writeStringProperty("role", node.role().label());
        json.writeStringProperty("state", word(node.state()));
        if (node.timeline() > 0) {
            json.writeNumberProperty("timeline", node.timeline());
        }
        write(json, node.lag());
        json.writeNumberProperty("sessions", cluster.balancer().sessions(node.name()));
        json.writeBooleanProperty("takes_sessions", outage == null && !drained);
        json.writeBooleanProperty("drained", drained);
        if (outage != null) {
            json.writeObjectPropertyStart("out");
            json.writeStringProperty("reason", outage.reason().label());
            json.writeStringProperty("text", outage.text());
            json.writeStringProperty("since", outage.since().toString());
            json.writeEndObject();
        }
        json.writeObjectPropertyStart("tags");
        node.tags().forEach(json::writeStringProperty);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Lag lag) {
        if (lag.bytesFrom() != Lag.Source.UNKNOWN) {
            json.writeNumberProperty("lag_bytes", lag.bytes());
            json.writeStringProperty("lag_bytes_from", word(lag.bytesFrom()));
        }
        if (lag.timeFrom() != Lag.Source.UNKNOWN) {
            json.writeNumberProperty("lag_ms", TimeUnit.NANOSECONDS.toMillis(lag.nanos()));
            json.writeStringProperty("lag_ms_from", word(lag.timeFrom()));
        }
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) {
        json.writeArrayPropertyStart(name);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
