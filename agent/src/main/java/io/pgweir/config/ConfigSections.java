package io.pgweir.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The file's shape: which section has which keys, their ranges, and what must hold between them. Defaults stand in the
 * records' own {@code DEFAULT}; {@code schemas/config.v1.json} says the same to editors, and a test binds the two.
 */
final class ConfigSections {

    private final Path directory;
    private final Faults faults;

    ConfigSections(Path directory, Faults faults) {
        this.directory = directory;
        this.faults = faults;
    }

    AgentConfig agent(Node node) {
        Section root = Section.of(node, "", directory, faults);
        root.require("clusters", "listeners");
        int version = root.integer("version", 1, 1, 1);
        Map<String, ClusterConfig> clusters = root.named("clusters", ClusterSections::cluster);
        List<Section> listenerSections = root.sections("listeners");
        List<ListenerConfig> listeners =
                listenerSections.stream().map(this::listener).toList();
        checkTogether(listenerSections, listeners, clusters);
        AgentConfig agent = new AgentConfig(
                version,
                clusters,
                listeners,
                rules(root.section("rules")),
                AuditSections.audit(root.section("audit")),
                LimitsSections.limits(root.section("limits")),
                threads(root.section("threads")),
                admin(root.section("admin")),
                log(root.section("log")),
                capture(root.section("capture")));
        root.end();
        return agent;
    }

    private ListenerConfig listener(Section section) {
        section.require("name", "listen", "cluster");
        String name = section.text("name");
        HostPort listen = section.socket("listen", HostPort.LISTEN_HOST_DEFAULT);
        String cluster = section.text("cluster");
        ListenerConfig.Mode mode = section.oneOf("mode", ListenerConfig.Mode.TRANSPARENT);
        ListenerConfig listener = new ListenerConfig(
                name,
                listen,
                cluster,
                mode,
                section.oneOrMore("roles", ListenerConfig.Role.LEADER),
                section.oneOrMore("fallback", ListenerConfig.Role.LEADER),
                clientTls(section.section("tls")),
                ListenerSections.socketMode(section),
                section.flag("reuse-port", false),
                LimitsSections.listenerLimits(section.section("limits")),
                ListenerSections.proxyProtocol(section.section("proxy-protocol")),
                ListenerSections.applicationName(section.section("application-name")),
                ListenerSections.split(section, mode));
        section.end();
        if (section.has("fallback") && !section.has("roles")) {
            section.fault("fallback", "fallback: of any role already (expected: roles beside it)");
        }
        ListenerSections.checkCertificates(section, listener);
        return listener;
    }

    /** What must hold between listeners, and between a listener and the clusters. */
    private static void checkTogether(
            List<Section> sections, List<ListenerConfig> listeners, Map<String, ClusterConfig> clusters) {
        for (int i = 0; i < listeners.size(); i++) {
            Section section = sections.get(i);
            ListenerConfig listener = listeners.get(i);
            if (!listener.cluster().isEmpty() && !clusters.containsKey(listener.cluster())) {
                section.fault(
                        "cluster",
                        "cluster: unknown cluster `" + listener.cluster() + "` (expected: "
                                + String.join(", ", clusters.keySet()) + ")"
                                + NearName.hint(listener.cluster(), clusters.keySet()));
            }
            ClusterConfig cluster = clusters.get(listener.cluster());
            SplitConfig split = listener.split();
            if (cluster != null && split != null && asksMonitor(split) && cluster.monitor() == null) {
                section.fault(
                        "auth",
                        "auth: nobody may ask for verifiers (expected: query.user, or a monitor in cluster `"
                                + listener.cluster() + "`)");
            }
            if (cluster != null && split != null && !cluster.knowsRoles()) {
                section.fault(
                        "mode",
                        "mode: nobody knows who leads (expected: patroni or monitor in cluster `" + listener.cluster()
                                + "`)");
            }
            if (cluster != null && !listener.roles().isEmpty() && !cluster.knowsRoles()) {
                section.fault(
                        "roles",
                        "roles: nobody knows them (expected: patroni or monitor in cluster `" + listener.cluster()
                                + "`)");
            }
            List<ListenerConfig> earlier = listeners.subList(0, i);
            if (!listener.name().isEmpty()
                    && earlier.stream().anyMatch(other -> other.name().equals(listener.name()))) {
                section.fault("name", "name: `" + listener.name() + "` again (expected: each listener its own)");
            }
            if (earlier.stream().anyMatch(other -> clash(other.listen(), listener.listen()))) {
                section.fault("listen", "listen: " + listener.listen() + " again (expected: each listener its own)");
            }
        }
    }

    private static boolean asksMonitor(SplitConfig split) {
        AuthConfig auth = split.auth();
        return auth != null
                && auth.verifiers() == AuthConfig.From.QUERY
                && auth.query().user() == null;
    }

    /** Port 0 is any free port, also where an address could not be read. */
    private static boolean clash(HostPort one, HostPort other) {
        if (one.isUnix() != other.isUnix()) {
            return false;
        }
        boolean hosts = one.host().equals(other.host()) || everywhere(one) || everywhere(other);
        return one.port() != 0 && one.port() == other.port() && hosts;
    }

    private static boolean everywhere(HostPort address) {
        return address.host().equals("0.0.0.0") || address.host().equals("::");
    }

    private static ClientTlsConfig clientTls(@Nullable Section section) {
        ClientTlsConfig defaults = ClientTlsConfig.DEFAULT;
        if (section == null) {
            return defaults;
        }
        section.require("mode");
        ClientTlsConfig tls = new ClientTlsConfig(
                section.oneOf("mode", defaults.mode()),
                section.readableFile("cert"),
                section.readableFile("key"),
                section.readableFile("client-ca"),
                section.oneOf("client-certificate", defaults.clientCertificate()));
        section.end();
        section.bothOrNone("cert", "key");
        if (tls.mode() != ClientTlsConfig.Mode.DISABLE && !section.has("cert") && !section.has("key")) {
            section.fault("mode", "mode: TLS with no certificate (expected: cert and key beside it)");
        }
        if (tls.clientCertificate() != ClientTlsConfig.ClientCertificate.NONE && !section.has("client-ca")) {
            section.fault("client-certificate", "client-certificate: nothing to check it with (expected: client-ca)");
        }
        return tls;
    }

    private static RulesConfig rules(@Nullable Section section) {
        if (section == null) {
            return RulesConfig.DEFAULT;
        }
        RulesConfig rules = new RulesConfig(
                section.readableFiles("files"),
                section.list("packs").stream().map(Item::text).toList(),
                section.flag("strict", false),
                section.readableFile("mask-key"));
        section.end();
        return rules;
    }

    private static @Nullable AdminConfig admin(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("listen");
        AdminConfig admin = new AdminConfig(
                section.address("listen", HostPort.LISTEN_HOST_DEFAULT),
                section.readableFile("token-file"),
                adminTls(section.section("tls")),
                section.oneOf("statement-text", AdminConfig.StatementText.NONE));
        section.end();
        boolean closed =
                section.has("token-file") || (admin.tls() != null && admin.tls().clientCa() != null);
        if (!admin.listen().isLoopback() && !closed) {
            section.fault(
                    "listen",
                    "listen: " + admin.listen()
                            + " for everybody (expected: a loopback address, or token-file or tls.client-ca beside it)");
        }
        return admin;
    }

    private static AdminConfig.@Nullable Tls adminTls(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("cert", "key");
        AdminConfig.Tls tls = new AdminConfig.Tls(
                section.readableFile("cert"), section.readableFile("key"), section.readableFile("client-ca"));
        section.end();
        return tls;
    }

    private static LogConfig log(@Nullable Section section) {
        LogConfig defaults = LogConfig.DEFAULT;
        if (section == null) {
            return defaults;
        }
        LogConfig log =
                new LogConfig(section.oneOf("format", defaults.format()), section.flag("access", defaults.access()));
        section.end();
        return log;
    }

    private static @Nullable CaptureConfig capture(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("dir");
        Path dir = section.directoryToMake("dir");
        CaptureConfig capture = new CaptureConfig(
                dir == null ? Path.of("") : dir,
                section.flag("enabled", false),
                section.flag("frontend-only", false),
                section.flag("redact", false),
                section.readableFile("key-file"),
                section.size("file-bytes", CaptureConfig.FILE_BYTES, 1 << 20, 1L << 40),
                section.size("dir-bytes", CaptureConfig.UNLIMITED, 1 << 20, 1L << 44),
                section.bytes("queue-bytes", CaptureConfig.QUEUE_BYTES, 1 << 20, 1 << 30),
                section.duration(
                        "sync-interval", CaptureConfig.SYNC_INTERVAL, Duration.ofMillis(10), Duration.ofMinutes(1)),
                new CaptureConfig.Sessions(
                        names(section, "users"),
                        names(section, "databases"),
                        section.integer("sample", 1, 1, CaptureConfig.Sessions.SAMPLE_MAX)));
        section.end();
        return capture;
    }

    private static List<String> names(Section section, String key) {
        return section.has(key) ? section.list(key).stream().map(Item::text).toList() : List.of();
    }

    private static ThreadsConfig threads(@Nullable Section section) {
        ThreadsConfig defaults = ThreadsConfig.DEFAULT;
        if (section == null) {
            return defaults;
        }
        ThreadsConfig threads = new ThreadsConfig(
                section.integer("loops", defaults.loops(), 0, 1024), section.oneOf("transport", defaults.transport()));
        section.end();
        return threads;
    }
}
