package io.pgweir.config;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a listener does with its clients' addresses and names. */
final class ListenerSections {
    /** A client waits no longer than this for a read to be fresh. */
    private static final Duration WAIT_MAX = Duration.ofMinutes(1);

    private static final Duration HOLD_MAX = Duration.ofMinutes(10);
    private static final int HOLD_SESSIONS_MAX = 1_000_000;

    private ListenerSections() {}

    /** As chmod has it. */
    static int socketMode(Section section) {
        Item mode = section.item("socket-mode");
        if (mode == null) {
            return ListenerConfig.SOCKET_MODE;
        }
        if (!mode.text().matches("0?[0-7]{3}")) {
            mode.fault('"' + mode.text() + "\" (expected: permissions such as \"0770\")");
            return ListenerConfig.SOCKET_MODE;
        }
        return Integer.parseInt(mode.text(), 8);
    }

    static @Nullable ProxyProtocolConfig proxyProtocol(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("from");
        List<Network> from = new ArrayList<>();
        for (Item item : section.list("from")) {
            Optional<Network> network = Network.parse(item.text());
            if (network.isEmpty()) {
                item.fault('"' + item.text() + "\" (expected: an address or a network, such as 10.0.0.0/8)");
            }
            network.ifPresent(from::add);
        }
        ProxyProtocolConfig config =
                new ProxyProtocolConfig(from, section.oneOf("others", ProxyProtocolConfig.Others.REFUSE));
        section.end();
        return config;
    }

    static @Nullable ApplicationNameConfig applicationName(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("suffix");
        ApplicationNameConfig config = new ApplicationNameConfig(section.text("suffix"));
        section.end();
        boolean ascii = config.suffix().chars().allMatch(character -> character > 0x1f && character < 0x7f);
        if (!ascii || config.bytesMax() >= ApplicationNameConfig.BYTES_MAX) {
            section.fault(
                    "suffix",
                    "suffix: " + config.suffix().getBytes(StandardCharsets.UTF_8).length + " bytes, with the session "
                            + config.bytesMax() + " (expected: ASCII, shorter than PostgreSQL's "
                            + ApplicationNameConfig.BYTES_MAX + " bytes of a name)");
        }
        return config;
    }

    /** Null with {@code mode: transparent}, where none of it may stand. */
    static @Nullable SplitConfig split(Section listener, ListenerConfig.Mode mode) {
        boolean split = mode == ListenerConfig.Mode.SPLIT;
        ReadsConfig reads = reads(listener.section("reads"));
        FailoverConfig failover = failover(listener.section("failover"));
        AuthConfig auth = AuthSections.auth(listener.section("auth"));
        if (!split && listener.has("auth")) {
            listener.fault("auth", "auth: beside mode: transparent (expected: none, authentication is the server's)");
        }
        if (!split && listener.has("reads")) {
            listener.fault("reads", "reads: beside mode: transparent (expected: none, a session has one node)");
        }
        if (!split && listener.has("failover")) {
            listener.fault(
                    "failover", "failover: beside mode: transparent (expected: none, a session ends with its server)");
        }
        for (String key : List.of("roles", "fallback")) {
            if (split && listener.has(key)) {
                listener.fault(key, key + ": beside mode: split (expected: reads.from)");
            }
        }
        return split ? new SplitConfig(reads, failover, auth) : null;
    }

    static void checkCertificates(Section section, ListenerConfig listener) {
        AuthConfig auth = listener.split() == null ? null : listener.split().auth();
        boolean shown = listener.tls().mode() != ClientTlsConfig.Mode.DISABLE
                && listener.tls().clientCertificate() != ClientTlsConfig.ClientCertificate.NONE;
        if (auth != null && auth.certificates() != null && !shown) {
            section.fault(
                    "auth",
                    "auth: certificates: no client shows one (expected: tls with client-certificate: optional or require)");
        }
    }

    private static FailoverConfig failover(@Nullable Section section) {
        FailoverConfig defaults = FailoverConfig.DEFAULT;
        if (section == null) {
            return defaults;
        }
        FailoverConfig failover = new FailoverConfig(
                section.duration("hold-max", defaults.holdMax(), Duration.ZERO, HOLD_MAX),
                section.integer("hold-sessions", defaults.holdSessions(), 1, HOLD_SESSIONS_MAX),
                section.flag("retry-reads", defaults.retryReads()));
        section.end();
        return failover;
    }

    private static ReadsConfig reads(@Nullable Section section) {
        ReadsConfig defaults = ReadsConfig.DEFAULT;
        if (section == null) {
            return defaults;
        }
        List<ListenerConfig.Role> from = section.oneOrMore("from", ListenerConfig.Role.LEADER);
        ReadsConfig reads = new ReadsConfig(
                from.isEmpty() ? defaults.from() : from,
                section.oneOf("consistency", defaults.consistency()),
                section.duration("wait-max", defaults.waitMax(), Duration.ZERO, WAIT_MAX),
                section.oneOf("otherwise", defaults.otherwise()),
                section.has("hints") ? hints(section) : defaults.hints(),
                section.oneOf("transactions", defaults.transactions()));
        section.end();
        if (from.contains(ListenerConfig.Role.LEADER)) {
            section.fault("from", "from: `leader` (expected: sync, async, standby-leader)");
        }
        return reads;
    }

    private static List<ReadsConfig.Hints> hints(Section section) {
        List<ReadsConfig.Hints> hints = section.oneOrMore("hints", ReadsConfig.Hints.NONE);
        if (!hints.contains(ReadsConfig.Hints.NONE)) {
            return hints;
        }
        if (hints.size() > 1) {
            section.fault("hints", "hints: `none` beside others (expected: none, or of leader, replica)");
        }
        return List.of();
    }
}
