package io.pgweir.admin;

import io.pgweir.proxy.Cluster;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the HTTP side may see of clusters, and do with them. Any thread. */
public interface ClusterControl {

    Collection<Cluster> clusters();

    /** Names of those that a cluster is behind. */
    List<String> listeners(Cluster cluster);

    /** By its own name, or that of a listener; null where there is none. */
    @Nullable
    Cluster cluster(String clusterOrListener);

    /** From now on a node takes no new sessions and loses those that it has, or takes them again. */
    void drain(Cluster cluster, String node, boolean drained);

    /**
     * From now on its split sessions begin nothing, until {@link #resume}, or until {@code max} is over.
     *
     * @return how many of them have something under way still
     */
    int pause(Cluster cluster, Duration max);

    void resume(Cluster cluster);
}
