package io.pgweir.config;

import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The section {@code limits} of a configuration file. */
final class LimitsSections {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration MINUTES_10 = Duration.ofMinutes(10);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOURS_8 = Duration.ofHours(8);
    private static final Duration DAYS_30 = Duration.ofDays(30);
    private static final Duration DAY = Duration.ofHours(24);
    private static final int CONNECTIONS_MAX = 1_000_000;

    private LimitsSections() {}

    static LimitsConfig limits(@Nullable Section section) {
        LimitsConfig defaults = LimitsConfig.DEFAULT;
        if (section == null) {
            return defaults;
        }
        LimitsConfig limits = new LimitsConfig(
                section.integer("connections", defaults.connections(), 1, CONNECTIONS_MAX),
                connectionsPer(section.section("connections-per")),
                connectRate(section.section("connect-rate")),
                failedLogins(section.section("failed-logins")),
                queue(section.section("queue")),
                section.integer("handshakes", defaults.handshakes(), 16, CONNECTIONS_MAX),
                section.duration("startup-timeout", defaults.startupTimeout(), MILLI, MINUTES_10),
                timeouts(section.section("timeouts")),
                keepalive(section.section("keepalive")),
                section.bytes("message-bytes", defaults.messageBytes(), 16 << 10, 1 << 30),
                section.integer("outstanding-requests", defaults.outstandingRequests(), 16, 1 << 24));
        section.end();
        if (limits.queue().sessions() > limits.handshakes()) {
            section.fault(
                    "queue",
                    "queue: " + limits.queue().sessions() + " waiting sessions of " + limits.handshakes()
                            + " handshakes (expected: no more than handshakes)");
        }
        return limits;
    }

    private static ConnectionsPerConfig connectionsPer(@Nullable Section section) {
        if (section == null) {
            return ConnectionsPerConfig.DEFAULT;
        }
        ConnectionsPerConfig per = new ConnectionsPerConfig(
                connections(section, "listener"),
                connections(section, "cluster"),
                connections(section, "node"),
                connections(section, "user"),
                connections(section, "database"),
                connections(section, "client-address"));
        section.endNotEmpty();
        return per;
    }

    private static int connections(Section section, String key) {
        return section.integer(key, ConnectionsPerConfig.UNLIMITED, 1, CONNECTIONS_MAX);
    }

    private static ConnectRateConfig connectRate(@Nullable Section section) {
        if (section == null) {
            return ConnectRateConfig.DEFAULT;
        }
        ConnectRateConfig rates = new ConnectRateConfig(rate(section, "listener"), rate(section, "client-address"));
        section.endNotEmpty();
        return rates;
    }

    /** {@code 10/s}, or with a burst of its own {@code {rate: 10/s, burst: 100}}. */
    private static @Nullable RateConfig rate(Section section, String key) {
        if (!section.has(key)) {
            section.absent(key);
            return null;
        }
        Section rate = section.isMapping(key) ? section.section(key) : null;
        if (rate == null) {
            return RateConfig.of(perSecond(section, key));
        }
        rate.require("rate");
        RateConfig plain = RateConfig.of(perSecond(rate, "rate"));
        RateConfig full =
                new RateConfig(plain.perSecond(), rate.integer("burst", plain.burst(), 1, RateConfig.BURST_MAX));
        rate.end();
        return full;
    }

    private static double perSecond(Section section, String key) {
        Item item = section.item(key);
        OptionalDouble rate = item == null ? OptionalDouble.of(1) : RateConfig.perSecond(item.text());
        if (item != null && rate.isEmpty()) {
            item.fault("\"" + item.text() + "\" (expected: a rate such as 10/s, 100/m or 1000/h)");
        }
        return rate.orElse(1);
    }

    private static @Nullable FailedLoginsConfig failedLogins(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("max");
        FailedLoginsConfig failed = new FailedLoginsConfig(
                section.integer("max", 1, 1, 1_000_000),
                section.duration("within", FailedLoginsConfig.WITHIN, MILLI, DAY),
                section.duration("refuse", FailedLoginsConfig.REFUSE, MILLI, DAY));
        section.end();
        return failed;
    }

    static ListenerLimitsConfig listenerLimits(@Nullable Section section) {
        if (section == null) {
            return ListenerLimitsConfig.NONE;
        }
        int connections = section.integer("connections", 0, 1, CONNECTIONS_MAX);
        RateConfig connectRate = rate(section, "connect-rate");
        Section timeouts = section.section("timeouts");
        section.endNotEmpty();
        return new ListenerLimitsConfig(
                connections == 0 ? null : connections, connectRate, timeouts == null ? null : timeouts(timeouts));
    }

    private static TimeoutsConfig timeouts(@Nullable Section section) {
        if (section == null) {
            return TimeoutsConfig.NONE;
        }
        TimeoutsConfig timeouts = new TimeoutsConfig(
                section.duration("idle", Duration.ZERO, Duration.ZERO, DAYS_30),
                section.duration("transaction-idle", Duration.ZERO, Duration.ZERO, DAYS_30),
                section.duration("query", Duration.ZERO, Duration.ZERO, DAYS_30));
        section.endNotEmpty();
        return timeouts;
    }

    private static @Nullable KeepaliveConfig keepalive(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("idle");
        KeepaliveConfig keepalive = new KeepaliveConfig(
                section.duration("idle", SECOND, SECOND, HOURS_8),
                section.duration("interval", KeepaliveConfig.INTERVAL, SECOND, HOURS_8),
                section.integer("count", KeepaliveConfig.COUNT, 1, 127));
        section.end();
        return keepalive;
    }

    private static QueueConfig queue(@Nullable Section section) {
        if (section == null) {
            return QueueConfig.NONE;
        }
        section.require("sessions");
        QueueConfig queue = new QueueConfig(
                section.integer("sessions", 0, 0, CONNECTIONS_MAX),
                section.duration("wait-max", QueueConfig.WAIT_MAX, MILLI, MINUTES_10));
        section.end();
        return queue;
    }
}
