package io.pgweir.config;

import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.LagConfig.Unknown;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The section of one cluster in a configuration file. */
final class ClusterSections {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration POLL_MIN = Duration.ofMillis(100);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration MINUTES_10 = Duration.ofMinutes(10);
    private static final Duration DAY = Duration.ofHours(24);

    private ClusterSections() {}

    static ClusterConfig cluster(Section section) {
        List<HostPort> nodes = section.sockets("nodes", HostPort.NODE_HOST_DEFAULT);
        PatroniConfig patroni = patroni(section.section("patroni"));
        DnsConfig dns = dns(section.section("dns"));
        ServerTlsConfig tls = serverTls(section.section("tls"));
        Duration connectTimeout =
                section.duration("connect-timeout", ClusterConfig.CONNECT_TIMEOUT_DEFAULT, MILLI, MINUTES_10);
        SendProxy sendProxy = section.oneOf("send-proxy", SendProxy.NONE);
        MonitorConfig monitor = monitor(section.section("monitor"));
        LagConfig lag = lag(section.section("lag"));
        boolean known = patroni != null || dns != null || monitor != null;
        ClusterConfig cluster = new ClusterConfig(
                nodes,
                patroni,
                dns,
                tls,
                connectTimeout,
                sendProxy,
                monitor,
                lag,
                balance(section, known ? Strategy.LEAST_CONNECTIONS : Strategy.IN_ORDER),
                ejection(section.section("ejection")),
                breaker(section.section("breaker")),
                drain(section.section("drain")));
        section.end();
        check(section, cluster);
        return cluster;
    }

    private static void check(Section section, ClusterConfig cluster) {
        List<String> given =
                List.of("nodes", "patroni", "dns").stream().filter(section::has).toList();
        if (given.isEmpty()) {
            section.fault("no nodes (expected: one of nodes, patroni, dns)");
        } else if (given.size() > 1) {
            section.fault(given.getLast(), String.join(" and ", given) + " (expected: one of nodes, patroni, dns)");
        }
        if (cluster.sendProxy() != SendProxy.NONE && cluster.monitor() != null) {
            section.fault("send-proxy", "send-proxy: beside monitor, which sends none (expected: one of them)");
        }
        if (cluster.nodes().stream().anyMatch(HostPort::isUnix)) {
            checkUnix(section, cluster);
        }
        if (cluster.lag() != null && !cluster.knowsRoles()) {
            section.fault("lag", "lag: nobody knows it (expected: patroni or monitor beside it)");
        }
    }

    /** PostgreSQL has no TLS there, and the monitor no way there. */
    private static void checkUnix(Section section, ClusterConfig cluster) {
        ServerTlsConfig.Mode mode = cluster.tls().mode();
        if (mode != ServerTlsConfig.Mode.DISABLE && mode != ServerTlsConfig.Mode.PREFER) {
            section.fault("tls", "tls: required of a Unix-domain socket, which has none (expected: disable or prefer)");
        }
        if (cluster.monitor() != null) {
            section.fault("monitor", "monitor: beside a Unix-domain socket (expected: nodes of host:port)");
        }
    }

    private static @Nullable PatroniConfig patroni(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("urls");
        PatroniConfig patroni = new PatroniConfig(
                urls(section),
                section.duration("poll", PatroniConfig.POLL, POLL_MIN, MINUTES_10),
                section.duration("timeout", PatroniConfig.TIMEOUT, MILLI, MINUTE),
                patroniTls(section.section("tls")),
                section.has("user") ? section.text("user") : section.absent("user"),
                secret(section.section("password")));
        section.end();
        if (section.has("user") != section.has("password")) {
            String one = section.has("user") ? "user" : "password";
            section.fault(one, one + " alone (expected: user and password, or none)");
        }
        if (section.has("tls") && patroni.urls().stream().anyMatch(url -> "http".equals(url.getScheme()))) {
            section.fault("tls", "tls: beside a url that is not https (expected: https in all of them)");
        }
        return patroni;
    }

    private static List<URI> urls(Section section) {
        List<URI> urls = new ArrayList<>();
        for (Item item : section.list("urls")) {
            URI url = url(item.text());
            if (url == null) {
                item.fault('"' + item.text() + "\" (expected: such as https://pg1:8008)");
            } else {
                urls.add(url);
            }
        }
        return urls;
    }

    private static @Nullable URI url(String text) {
        try {
            URI uri = new URI(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return http && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null ? uri : null;
        } catch (URISyntaxException notOne) {
            return null;
        }
    }

    private static PatroniConfig.@Nullable Tls patroniTls(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        PatroniConfig.Tls tls = new PatroniConfig.Tls(
                section.readableFile("ca"), section.readableFile("cert"), section.readableFile("key"));
        section.endNotEmpty();
        section.bothOrNone("cert", "key");
        return tls;
    }

    static @Nullable SecretConfig secret(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        SecretConfig secret = new SecretConfig(
                section.readableFile("file"), section.has("env") ? section.text("env") : section.absent("env"));
        section.endNotEmpty();
        if (section.has("file") && section.has("env")) {
            section.fault("env", "env beside file (expected: one of the two)");
        }
        return secret;
    }

    private static @Nullable DnsConfig dns(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("names");
        DnsConfig dns = new DnsConfig(
                section.addresses("names", HostPort.NODE_HOST_DEFAULT),
                section.duration("poll", DnsConfig.POLL, POLL_MIN, MINUTES_10),
                section.duration("timeout", DnsConfig.TIMEOUT, MILLI, MINUTE),
                section.duration("ttl-max", DnsConfig.TTL_MAX, Duration.ZERO, DAY));
        section.end();
        return dns;
    }

    private static @Nullable MonitorConfig monitor(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("user");
        MonitorConfig monitor = new MonitorConfig(
                section.text("user"),
                secret(section.section("password")),
                section.has("database") ? section.text("database") : defaultDatabase(section),
                section.duration("poll", MonitorConfig.POLL, POLL_MIN, MINUTES_10),
                section.duration("timeout", MonitorConfig.TIMEOUT, MILLI, MINUTE));
        section.end();
        return monitor;
    }

    private static String defaultDatabase(Section section) {
        section.absent("database");
        return MonitorConfig.DATABASE;
    }

    private static @Nullable LagConfig lag(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        Duration maxTime = section.duration("max-time", Duration.ZERO, MILLI, DAY);
        LagConfig lag = new LagConfig(
                section.size("max-bytes", 0, 1, 1L << 40),
                section.has("max-time") ? maxTime : null,
                section.oneOf("unknown", Unknown.EXCLUDE),
                section.duration("readmit-after", LagConfig.READMIT_AFTER, Duration.ZERO, DAY));
        section.end();
        if (!section.has("max-bytes") && !section.has("max-time")) {
            section.fault("no limit (expected: max-bytes, max-time or both)");
        }
        return lag;
    }

    /** A strategy, or a mapping with one. */
    private static BalanceConfig balance(Section cluster, Strategy absent) {
        if (!cluster.isMapping("balance")) {
            return BalanceConfig.of(cluster.oneOf("balance", absent));
        }
        Section section = cluster.section("balance");
        if (section == null) {
            return BalanceConfig.of(absent);
        }
        Strategy strategy = section.oneOf("strategy", absent);
        Map<String, Integer> weights = section.integers("weights", 1, 1000);
        BalanceConfig balance = new BalanceConfig(
                strategy,
                section.integer("retries", strategy.retries(), 0, BalanceConfig.RETRIES_MAX),
                weights,
                section.integer("panic-percent", BalanceConfig.PANIC_PERCENT, 0, 100));
        section.end();
        if (section.has("weights") && strategy != Strategy.WEIGHTED) {
            section.fault("weights", "weights: heard by nobody (expected: strategy: weighted beside it)");
        }
        return balance;
    }

    private static @Nullable EjectionConfig ejection(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        EjectionConfig defaults = EjectionConfig.DEFAULT;
        EjectionConfig ejection = new EjectionConfig(
                section.integer("failures", defaults.failures(), 1, 1000),
                section.duration("base-time", defaults.baseTime(), MILLI, DAY),
                section.duration("max-time", defaults.maxTime(), MILLI, DAY),
                section.integer("max-percent", defaults.maxPercent(), 0, 100));
        section.end();
        return ejection;
    }

    private static DrainConfig drain(@Nullable Section section) {
        DrainConfig defaults = DrainConfig.DEFAULT;
        if (section == null) {
            return defaults;
        }
        DrainConfig drain = new DrainConfig(
                section.duration("deadline", defaults.deadline(), Duration.ZERO, DAY),
                section.flag("on-lag", defaults.onLag()));
        section.end();
        return drain;
    }

    private static @Nullable BreakerConfig breaker(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        BreakerConfig defaults = BreakerConfig.DEFAULT;
        BreakerConfig breaker = new BreakerConfig(
                section.duration("window", defaults.window(), POLL_MIN, DAY),
                section.integer("attempts-min", defaults.attemptsMin(), 1, 1_000_000),
                section.integer("failure-percent", defaults.failurePercent(), 1, 100),
                section.duration("open-time", defaults.openTime(), MILLI, DAY));
        section.end();
        return breaker;
    }

    private static ServerTlsConfig serverTls(@Nullable Section section) {
        ServerTlsConfig defaults = ServerTlsConfig.DEFAULT;
        if (section == null) {
            return defaults;
        }
        section.require("mode");
        ServerTlsConfig tls = new ServerTlsConfig(
                section.oneOf("mode", defaults.mode()),
                section.oneOf("negotiation", defaults.negotiation()),
                section.readableFile("ca"),
                section.readableFile("cert"),
                section.readableFile("key"));
        section.end();
        section.bothOrNone("cert", "key");
        boolean optional = tls.mode() == ServerTlsConfig.Mode.DISABLE || tls.mode() == ServerTlsConfig.Mode.PREFER;
        if (section.has("mode") && optional && tls.negotiation() == ServerTlsConfig.Negotiation.DIRECT) {
            section.fault(
                    "negotiation", "negotiation: direct with an optional mode (expected: mode require or stricter)");
        }
        return tls;
    }
}
