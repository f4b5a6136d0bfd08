package io.pgweir.config;

import io.pgweir.config.AuditConfig.Durability;
import io.pgweir.config.AuditConfig.Format;
import io.pgweir.config.AuditConfig.Level;
import io.pgweir.config.AuditConfig.OnExhausted;
import io.pgweir.config.AuditConfig.Seal;
import io.pgweir.config.AuditConfig.Sink;
import io.pgweir.config.AuditConfig.Spool;
import io.pgweir.config.AuditConfig.StatementClass;
import io.pgweir.config.CloudWatchMetricsConfig.Dimension;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The section {@code audit} of a configuration file. */
final class AuditSections {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration DAYS_400 = Duration.ofDays(400);
    private static final long GIB_1024 = 1L << 40;
    private static final Pattern NAMESPACE = Pattern.compile("(?!AWS/)[A-Za-z0-9.\\-_/#]{1,255}");

    private AuditSections() {}

    static AuditConfig audit(@Nullable Section section) {
        AuditConfig defaults = AuditConfig.DEFAULT;
        if (section == null) {
            return defaults;
        }
        Spool spool = spool(section.section("spool"));
        AuditConfig audit = new AuditConfig(
                section.oneOf("parameters", defaults.parameters()),
                section.oneOf("text", defaults.text()),
                section.integer("queue-records", defaults.queueRecords(), 64, 1 << 24),
                section.bytes("text-bytes", defaults.textBytes(), 0, 16 << 20),
                section.bytes("parameter-bytes", defaults.parameterBytes(), 0, 1 << 20),
                section.flag("copy-sha256", defaults.copySha256()),
                section.readableFile("token-key"),
                durability(section.section("durability"), spool != null),
                spool,
                seal(section.section("seal")),
                sinks(section, defaults.sinks()));
        section.end();
        if (spool == null && !section.has("spool")) {
            needsNoSpool(section, audit);
        }
        return audit;
    }

    /** What only a disk can keep. */
    private static void needsNoSpool(Section section, AuditConfig audit) {
        if (audit.durability().strictest().level() == Level.WRITE_AHEAD) {
            section.fault("durability", "durability: write-ahead without a disk (expected: spool beside it)");
        }
        for (Sink sink : audit.sinks()) {
            if (sink instanceof Sink.Kafka || sink instanceof Sink.CloudWatchLogs) {
                section.fault(
                        "sinks",
                        "sinks: " + (sink instanceof Sink.Kafka ? "kafka" : "cloudwatch-logs")
                                + " without a disk that keeps records while it is away (expected: spool beside it)");
            }
        }
    }

    private static @Nullable Spool spool(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("dir");
        Path dir = section.directoryToMake("dir");
        Spool spool = new Spool(
                dir == null ? Path.of("") : dir,
                section.size("max-bytes", Spool.MAX_BYTES, 16 << 20, GIB_1024),
                (int) section.size("segment-bytes", Spool.SEGMENT_BYTES, 1 << 20, 1 << 30),
                section.duration("retention", Spool.RETENTION, Duration.ZERO, DAYS_400),
                section.duration("sync-interval", Spool.SYNC_INTERVAL, Duration.ZERO, SECOND),
                section.bytes("sync-bytes", Spool.SYNC_BYTES, 0, 64 << 20));
        section.end();
        if (spool.segmentBytes() > spool.maxBytes() / 4) {
            section.fault(
                    section.has("segment-bytes") ? "segment-bytes" : "max-bytes",
                    "segments of " + Quantity.ofBytes(spool.segmentBytes()) + " in "
                            + Quantity.ofBytes(spool.maxBytes()) + " (expected: at most a quarter)");
        }
        return spool;
    }

    private static Durability durability(@Nullable Section section, boolean spool) {
        Durability defaults = spool ? Durability.WITH_SPOOL : Durability.WITHOUT_SPOOL;
        if (section == null) {
            return defaults;
        }
        OnExhausted onExhausted = section.oneOf("on-exhausted", OnExhausted.FAIL_OPEN);
        Durability.Rule rest = rule(section, "default", defaults.rest().level(), onExhausted);
        Map<StatementClass, Durability.Rule> classes = new EnumMap<>(StatementClass.class);
        for (StatementClass one : StatementClass.values()) {
            String key = one.name().toLowerCase(Locale.ROOT).replace('_', '-');
            Durability.Rule given = defaults.classes().get(one);
            Level level = given == null || section.has("default") ? rest.level() : given.level();
            Durability.Rule rule = rule(section, key, level, onExhausted);
            if (section.has(key) || rule.level() != rest.level()) {
                classes.put(one, rule);
            }
        }
        Durability durability = new Durability(
                classes,
                rest,
                section.duration("wait-max", defaults.waitMax(), Duration.ZERO, MINUTE),
                section.duration("sync-wait-max", defaults.syncWaitMax(), MILLI, MINUTE));
        section.end();
        return durability;
    }

    /** A level, or a mapping with a level and a policy of its own. */
    private static Durability.Rule rule(Section section, String key, Level absent, OnExhausted onExhausted) {
        if (!section.isMapping(key)) {
            return new Durability.Rule(section.oneOf(key, absent), onExhausted);
        }
        Section own = Objects.requireNonNull(section.section(key));
        Durability.Rule rule = new Durability.Rule(own.oneOf("level", absent), own.oneOf("on-exhausted", onExhausted));
        own.end();
        return rule;
    }

    private static Seal seal(@Nullable Section section) {
        Seal defaults = Seal.DEFAULT;
        if (section == null) {
            return defaults;
        }
        Seal seal = new Seal(
                section.readableFile("key"),
                section.integer("records", defaults.records(), 1, 1_000_000),
                section.duration("interval", defaults.interval(), SECOND, DAY),
                section.duration("heartbeat", defaults.heartbeat(), Duration.ZERO, DAY));
        section.end();
        return seal;
    }

    private static List<Sink> sinks(Section audit, List<Sink> absent) {
        List<Sink> sinks = new ArrayList<>();
        for (Section entry : audit.sections("sinks")) {
            Sink sink = sink(entry);
            if (sink != null
                    && sinks.stream().anyMatch(other -> !Collections.disjoint(targets(sink), targets(other)))) {
                entry.fault("a sink with the target of an earlier one (expected: each target once)");
            }
            if (sink != null) {
                sinks.add(sink);
            }
        }
        return audit.has("sinks") ? sinks : absent;
    }

    private static List<List<?>> targets(Sink sink) {
        return switch (sink) {
            case Sink.Stdout _ -> List.of(List.of("stdout"));
            case Sink.File file -> List.of(List.of("file", file.path()));
            case Sink.Kafka kafka -> List.of(List.of("kafka", kafka.bootstrapServers(), kafka.topic()));
            case Sink.CloudWatchLogs logs -> {
                List<?> own = stream(logs, logs.group(), logs.stream());
                CloudWatchMetricsConfig metrics = logs.metrics();
                yield metrics == null ? List.of(own) : List.of(own, stream(logs, metrics.group(), metrics.stream()));
            }
        };
    }

    private static List<?> stream(Sink.CloudWatchLogs logs, String group, String stream) {
        return List.of("cloudwatch-logs", String.valueOf(logs.region()), group, stream);
    }

    /** Null after a fault. */
    private static @Nullable Sink sink(Section entry) {
        Section stdout = entry.section("stdout");
        Section file = entry.section("file");
        Section kafka = entry.section("kafka");
        Section logs = entry.section("cloudwatch-logs");
        entry.endNotEmpty();
        List<Sink> sinks = new ArrayList<>();
        if (stdout != null) {
            sinks.add(new Sink.Stdout(stdout.oneOf("format", Format.NDJSON)));
            stdout.end();
        }
        if (file != null) {
            addFile(file, sinks);
        }
        if (kafka != null) {
            sinks.add(kafka(kafka));
        }
        if (logs != null) {
            sinks.add(cloudWatchLogs(logs));
        }
        if (sinks.size() > 1) {
            entry.fault("two kinds of sink (expected: one of stdout, file, kafka, cloudwatch-logs)");
        }
        return sinks.isEmpty() ? null : sinks.getFirst();
    }

    private static void addFile(Section section, List<Sink> sinks) {
        section.require("path");
        Path path = section.fileToWrite("path");
        Sink.File file = new Sink.File(
                path == null ? Path.of("") : path,
                format(section),
                section.size("rotate-bytes", 0, 0, GIB_1024),
                section.duration("rotate-interval", Duration.ZERO, Duration.ZERO, DAYS_400),
                section.oneOf("compression", AuditConfig.Compression.NONE),
                section.integer("keep", 0, 0, 1_000_000));
        section.end();
        if (file.rotateInterval().compareTo(Duration.ZERO) > 0
                && file.rotateInterval().compareTo(MINUTE) < 0) {
            section.fault(
                    "rotate-interval", "rotate-interval: less than a minute (expected: at least 1m, or 0s for never)");
        }
        if (path != null) {
            sinks.add(file);
        }
    }

    private static Sink.Kafka kafka(Section section) {
        section.require("bootstrap-servers", "topic");
        Sink.Kafka kafka = new Sink.Kafka(
                section.addresses("bootstrap-servers", "localhost").stream()
                        .map(HostPort::toString)
                        .toList(),
                section.text("topic"),
                format(section),
                section.word("compression", "lz4", List.of("none", "gzip", "snappy", "lz4", "zstd")),
                section.bytes("record-bytes", Sink.Kafka.RECORD_BYTES, 16 << 10, 64 << 20),
                section.oneOf("oversize", AuditConfig.Oversize.CHUNK),
                section.texts("properties"));
        section.end();
        if (!kafka.topic().isEmpty() && !kafka.topic().matches("[A-Za-z0-9._-]{1,249}")) {
            section.fault("topic", "topic: no name of a topic (expected: letters, digits, `.`, `_`, `-`, at most 249)");
        }
        return kafka;
    }

    private static Sink.CloudWatchLogs cloudWatchLogs(Section section) {
        section.require("group", "stream");
        String group = section.text("group");
        String stream = section.text("stream");
        Sink.CloudWatchLogs logs = new Sink.CloudWatchLogs(
                section.has("region") ? section.text("region") : section.absent("region"),
                group,
                stream,
                format(section),
                uri(section, "endpoint-override"),
                section.flag("create", true),
                section.bytes(
                        "record-bytes",
                        Sink.CloudWatchLogs.RECORD_BYTES,
                        16 << 10,
                        Sink.CloudWatchLogs.RECORD_BYTES_MAX),
                section.oneOf("oversize", AuditConfig.Oversize.TRUNCATE),
                metrics(section.section("metrics"), group, stream));
        section.end();
        return logs;
    }

    private static @Nullable CloudWatchMetricsConfig metrics(@Nullable Section section, String group, String stream) {
        if (section == null) {
            return null;
        }
        List<Dimension> dimensions = section.oneOrMore("dimensions", Dimension.HOST);
        CloudWatchMetricsConfig metrics = new CloudWatchMetricsConfig(
                text(section, "group", group),
                text(section, "stream", stream + "-metrics"),
                text(section, "namespace", CloudWatchMetricsConfig.NAMESPACE),
                section.duration("every", CloudWatchMetricsConfig.EVERY, SECOND, HOUR),
                section.has("dimensions") ? dimensions : List.of(Dimension.values()));
        section.end();
        if (metrics.group().equals(group) && metrics.stream().equals(stream)) {
            section.fault("stream", "stream: that of the records (expected: one for metrics alone)");
        }
        if (!NAMESPACE.matcher(metrics.namespace()).matches()) {
            section.fault(
                    "namespace",
                    "namespace: no name of a namespace (expected: 1 to 255 of a-z A-Z 0-9 . - _ / #, and not AWS/ at the"
                            + " beginning)");
        }
        return metrics;
    }

    private static String text(Section section, String key, String absent) {
        return Objects.requireNonNullElse(section.has(key) ? section.text(key) : section.absent(key), absent);
    }

    /** For machines to read. */
    private static Format format(Section section) {
        Format format = section.oneOf("format", Format.NDJSON);
        if (format == Format.PRETTY || format == Format.AUTO) {
            section.fault("format", "format: for people (expected: ndjson, ocsf, ecs)");
            return Format.NDJSON;
        }
        return format;
    }

    static @Nullable URI uri(Section section, String key) {
        if (!section.has(key)) {
            section.absent(key);
            return null;
        }
        String text = section.text(key);
        try {
            URI uri = new URI(text);
            if (uri.isAbsolute() && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException notOne) {
            // Told below, with the others.
        }
        section.fault(key, key + ": no address (expected: such as http://localhost:4566)");
        return null;
    }
}
