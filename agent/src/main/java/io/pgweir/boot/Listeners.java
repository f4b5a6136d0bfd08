package io.pgweir.boot;

import io.pgweir.audit.AuditTrail;
import io.pgweir.boot.AgentStartException.Kind;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.AuthConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.SplitConfig;
import io.pgweir.net.Transport;
import io.pgweir.proxy.ClientListener;
import io.pgweir.proxy.ClientTls;
import io.pgweir.proxy.Cluster;
import io.pgweir.proxy.NodeSecrets;
import io.pgweir.proxy.ProxyContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners of one agent. What is bound stays bound when the configuration changes, as long as some listener has its address:
 * nobody who connects meanwhile is turned away.
 *
 * <p>{@link #prepare} and what comes of it from one thread at a time, all else from any.
 */
final class Listeners implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private final ProxyContext context;
    private final Transport transport;
    private final AuditTrail trail;
    private final Executor files;

    /** In the order of the configuration, by name. */
    private volatile Map<String, Open> open = Map.of();

    /** One that accepts, with what its cluster is configured to be. */
    private record Open(
            ListenerConfig config,
            ClusterConfig behind,
            ClientTls tls,
            @Nullable NodeSecrets secrets,
            ClientListener bound) {}

    Listeners(ProxyContext context, Transport transport, AuditTrail trail, Executor files) {
        this.context = context;
        this.transport = transport;
        this.trail = trail;
        this.files = files;
    }

    /** Everything that can go wrong with other listeners has gone well: {@link #commit} cannot fail. Closed without it, nothing has changed. */
    final class Prepared implements AutoCloseable {
        private final Map<String, Open> next = new LinkedHashMap<>();
        private final List<ClientListener> fresh = new ArrayList<>();
        private final Function<String, Cluster> clusters;
        private boolean committed;

        private Prepared(Function<String, Cluster> clusters) {
            this.clusters = clusters;
        }

        void commit() {
            Map<String, Open> before = open;
            committed = true;
            next.values()
                    .forEach(each -> each.bound()
                            .serve(each.config(), clusters.apply(each.config().cluster()), each.tls(), each.secrets()));
            open = next;
            for (Open old : before.values()) {
                closeUnlessUsed(old.secrets());
                if (next.values().stream().noneMatch(each -> each.bound() == old.bound())) {
                    log.atInfo()
                            .addKeyValue("listener", old.config().name())
                            .log("No longer listening; sessions go on");
                    old.bound().close();
                }
            }
            for (ClientListener listener : fresh) {
                log.atInfo()
                        .addKeyValue("listener", listener.name())
                        .addKeyValue("address", listener.where())
                        .log("Listening");
            }
        }

        @Override
        public void close() {
            if (!committed) {
                fresh.forEach(ClientListener::close);
                next.values().forEach(each -> closeUnlessUsed(each.secrets()));
            }
        }
    }

    /** Binds what is not bound, and reads TLS files. */
    Prepared prepare(AgentConfig all, Function<String, Cluster> clusters) throws AgentStartException {
        Prepared prepared = new Prepared(clusters);
        try {
            for (ListenerConfig config : all.listeners()) {
                ClientTls tls = tls(config);
                Cluster cluster = clusters.apply(config.cluster());
                ClusterConfig behind = Objects.requireNonNull(all.clusters().get(config.cluster()), config.cluster());
                NodeSecrets secrets = secrets(config, behind, cluster);
                ClientListener bound = bound(config);
                if (bound == null) {
                    bound = bind(config, cluster, tls, secrets);
                    prepared.fresh.add(bound);
                }
                prepared.next.put(config.name(), new Open(config, behind, tls, secrets, bound));
            }
            return prepared;
        } catch (AgentStartException failure) {
            prepared.close();
            throw failure;
        }
    }

    private @Nullable ClientListener bound(ListenerConfig config) {
        for (Open each : open.values()) {
            boolean same = each.config().listen().equals(config.listen());
            // Of port 0 there can be many.
            if (same
                    && (config.listen().isUnix()
                            || config.listen().port() != 0
                            || each.config().name().equals(config.name()))) {
                return each.bound();
            }
        }
        return null;
    }

    private ClientTls tls(ListenerConfig config) throws AgentStartException {
        Open before = open.get(config.name());
        if (before != null && before.config().tls().equals(config.tls())) {
            return before.tls();
        }
        try {
            return ClientTls.of(config.tls(), files, error -> trail.onReload("certificate", config.name(), error));
        } catch (SSLException failure) {
            throw new AgentStartException(
                    Kind.TLS, "listener " + config.name() + ", tls: " + failure.getMessage(), failure);
        }
    }

    /** Those of a listener that asks the same servers in the same way stay. */
    private @Nullable NodeSecrets secrets(ListenerConfig config, ClusterConfig behind, Cluster cluster)
            throws AgentStartException {
        SplitConfig split = config.split();
        AuthConfig auth = split == null ? null : split.auth();
        if (auth == null) {
            return null;
        }
        Open before = open.get(config.name());
        if (before != null
                && before.config().cluster().equals(config.cluster())
                && Objects.equals(before.behind().monitor(), behind.monitor())
                && before.behind().tls().equals(behind.tls())
                && Objects.equals(config.split(), before.config().split())) {
            return before.secrets();
        }
        try {
            return Secrets.of(auth, behind, cluster);
        } catch (IOException failure) {
            throw new AgentStartException(
                    Kind.AUTH, "listener " + config.name() + ", auth: " + failure.getMessage(), failure);
        }
    }

    private void closeUnlessUsed(@Nullable NodeSecrets secrets) {
        if (secrets != null && open.values().stream().noneMatch(each -> each.secrets() == secrets)) {
            secrets.close();
        }
    }

    private ClientListener bind(ListenerConfig config, Cluster cluster, ClientTls tls, @Nullable NodeSecrets secrets)
            throws AgentStartException {
        try {
            return ClientListener.bind(config, cluster, tls, secrets, context, transport);
        } catch (IOException failure) {
            throw new AgentStartException(
                    Kind.BIND,
                    "listener " + config.name() + ", " + config.listen() + ": " + failure.getMessage(),
                    failure);
        }
    }

    /** What each of a network is bound to, by its name, in the order of the configuration. */
    Map<String, InetSocketAddress> addresses() {
        Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        open.forEach((name, each) -> {
            InetSocketAddress address = each.bound().address();
            if (address != null) {
                addresses.put(name, address);
            }
        });
        return addresses;
    }

    /** Accepts no more; what was accepted stays. */
    @Override
    public void close() {
        for (Open each : open.values()) {
            each.bound().close();
            if (each.secrets() != null) {
                each.secrets().close();
            }
        }
    }
}
