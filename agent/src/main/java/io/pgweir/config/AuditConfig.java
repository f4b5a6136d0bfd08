package io.pgweir.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded, how safely, and where to.
 *
 * @param queueRecords records that may wait for the writer; when full, records are dropped and an audit.gap counts them
 * @param textBytes of a statement's text kept in a record; length and SHA-256 are always of the whole
 * @param parameterBytes of one parameter value kept in a record, where values are kept at all
 * @param copySha256 whether COPY streams are hashed
 * @param tokenKey file with the key that parameters' HMACs are made with; null for one that the spool, or else this run, keeps
 * @param spool null for none: records go to stdout and files at once, and to nothing else
 */
public record AuditConfig(
        Content parameters,
        Content text,
        int queueRecords,
        int textBytes,
        int parameterBytes,
        boolean copySha256,
        @Nullable Path tokenKey,
        Durability durability,
        @Nullable Spool spool,
        Seal seal,
        List<Sink> sinks) {
    public static final AuditConfig DEFAULT = new AuditConfig(
            Content.REDACTED,
            Content.REDACTED,
            65536,
            32 << 10,
            1 << 10,
            true,
            List.of(new Sink.Stdout(Format.NDJSON)));

    public AuditConfig {
        sinks = List.copyOf(sinks);
    }

    /** Without a spool. */
    public AuditConfig(
            Content parameters,
            Content text,
            int queueRecords,
            int textBytes,
            int parameterBytes,
            boolean copySha256,
            List<Sink> sinks) {
        this(
                parameters,
                text,
                queueRecords,
                textBytes,
                parameterBytes,
                copySha256,
                null,
                Durability.WITHOUT_SPOOL,
                null,
                Seal.DEFAULT,
                sinks);
    }

    /** The same, but for what is shown of values and where it goes. */
    public AuditConfig with(Content shownParameters, Content shownText, List<Sink> to) {
        return new AuditConfig(
                shownParameters,
                shownText,
                queueRecords,
                textBytes,
                parameterBytes,
                copySha256,
                tokenKey,
                durability,
                spool,
                seal,
                to);
    }

    public enum Content {
        /** Types and lengths; literals as {@code ?}. */
        REDACTED,
        /** Values too, except for secrets. */
        FULL
    }

    /** pgaudit's classes of statements, as {@code audit.durability} spells them. */
    public enum StatementClass {
        READ,
        WRITE,
        FUNCTION,
        ROLE,
        DDL,
        MISC,
        MISC_SET
    }

    /** How safe a record is before what it tells of goes on; the strictest first. */
    public enum Level {
        /** On disk before the server hears of the statement, and before the client hears how it ended. */
        WRITE_AHEAD,
        /** Queued, or waited for. */
        BOUNDED,
        /** Queued where there is room. */
        BEST_EFFORT
    }

    /** What becomes of statements whose records cannot be kept; the stricter first. */
    public enum OnExhausted {
        /** Refused with SQLSTATE 57P03. */
        FAIL_CLOSED,
        /** Run, and counted in an audit.gap. */
        FAIL_OPEN
    }

    /**
     * @param classes what stands for classes that have a level of their own
     * @param rest for all other classes
     * @param waitMax longest that a bounded statement waits for room
     * @param syncWaitMax longest that a write-ahead statement waits for the disk
     */
    public record Durability(Map<StatementClass, Rule> classes, Rule rest, Duration waitMax, Duration syncWaitMax) {
        private static final Rule BOUNDED = new Rule(Level.BOUNDED, OnExhausted.FAIL_OPEN);
        private static final Rule AHEAD = new Rule(Level.WRITE_AHEAD, OnExhausted.FAIL_OPEN);

        public static final Durability WITHOUT_SPOOL =
                new Durability(Map.of(), BOUNDED, Duration.ofMillis(50), Duration.ofSeconds(5));

        public static final Durability WITH_SPOOL = new Durability(
                Map.of(StatementClass.ROLE, AHEAD, StatementClass.DDL, AHEAD),
                BOUNDED,
                Duration.ofMillis(50),
                Duration.ofSeconds(5));

        public Durability {
            classes = Map.copyOf(classes);
        }

        public Rule of(StatementClass of) {
            return classes.getOrDefault(of, rest);
        }

        /** For what may be of any class. */
        public Rule strictest() {
            return classes.values().stream().reduce(rest, Rule::and);
        }

        /** How long a session waits for room in the queue; zero where every class is best-effort. */
        public Duration roomWait() {
            return strictest().level() == Level.BEST_EFFORT ? Duration.ZERO : waitMax;
        }

        /** Whether any class may have to wait or be refused. */
        public boolean holdsBack() {
            Rule strictest = strictest();
            return strictest.level() == Level.WRITE_AHEAD || strictest.onExhausted() == OnExhausted.FAIL_CLOSED;
        }

        /** Whether any class is rather refused than run without a record. */
        public boolean failsClosed() {
            return strictest().onExhausted() == OnExhausted.FAIL_CLOSED;
        }

        public record Rule(Level level, OnExhausted onExhausted) {
            /** The stricter of each. */
            public Rule and(Rule other) {
                return new Rule(
                        level.compareTo(other.level) <= 0 ? level : other.level,
                        onExhausted.compareTo(other.onExhausted) <= 0 ? onExhausted : other.onExhausted);
            }
        }
    }

    /**
     * Records on disk until every sink has them.
     *
     * @param maxBytes of all segments; when they hold so much, the spool is exhausted
     * @param segmentBytes of one segment, about
     * @param retention how long records stay after every sink has them
     * @param syncInterval longest that a record waits for the others of its fsync
     * @param syncBytes that are not waited for any longer
     */
    public record Spool(
            Path dir, long maxBytes, int segmentBytes, Duration retention, Duration syncInterval, int syncBytes) {
        public static final long MAX_BYTES = 8L << 30;
        public static final int SEGMENT_BYTES = 64 << 20;
        public static final Duration RETENTION = Duration.ofHours(1);
        public static final Duration SYNC_INTERVAL = Duration.ofMillis(5);
        public static final int SYNC_BYTES = 256 << 10;

        public static Spool of(Path dir) {
            return new Spool(dir, MAX_BYTES, SEGMENT_BYTES, RETENTION, SYNC_INTERVAL, SYNC_BYTES);
        }
    }

    /**
     * Checkpoints of the chain.
     *
     * @param key Ed25519 private key (PKCS#8 PEM); null for checkpoints without a signature
     * @param records after which a checkpoint is written
     * @param interval after which a checkpoint is written, where there is something new
     * @param heartbeat after which an {@code audit.heartbeat} is written, where there was nothing else; zero for none
     */
    public record Seal(@Nullable Path key, int records, Duration interval, Duration heartbeat) {
        public static final Seal DEFAULT = new Seal(null, 10_000, Duration.ofSeconds(60), Duration.ofSeconds(60));
    }

    /** Where records go. */
    public sealed interface Sink {
        record Stdout(Format format) implements Sink {}

        /**
         * @param rotateBytes after which a new file is begun; 0 for never
         * @param rotateInterval after which a new file is begun; zero for never
         * @param keep closed files that are kept; 0 for all
         */
        record File(
                Path path, Format format, long rotateBytes, Duration rotateInterval, Compression compression, int keep)
                implements Sink {
            public File(Path path) {
                this(path, Format.NDJSON, 0, Duration.ZERO, Compression.NONE, 0);
            }
        }

        /**
         * @param properties of the producer; they win over what pgweir sets, but for what would lose records
         * @param recordBytes longest value
         */
        record Kafka(
                List<String> bootstrapServers,
                String topic,
                Format format,
                String compression,
                int recordBytes,
                Oversize oversize,
                Map<String, String> properties)
                implements Sink {
            public static final int RECORD_BYTES = 900 << 10;

            public Kafka {
                bootstrapServers = List.copyOf(bootstrapServers);
                properties = Map.copyOf(properties);
            }
        }

        /**
         * @param region null for the SDK's default provider chain
         * @param endpointOverride null for AWS's own
         * @param create whether a group or stream that is not there may be created
         * @param recordBytes longest message
         * @param metrics null for none
         */
        record CloudWatchLogs(
                @Nullable String region,
                String group,
                String stream,
                Format format,
                @Nullable URI endpointOverride,
                boolean create,
                int recordBytes,
                Oversize oversize,
                @Nullable CloudWatchMetricsConfig metrics)
                implements Sink {
            /** 1,048,576 bytes a batch less 26 an event. */
            public static final int RECORD_BYTES_MAX = 1_048_550;

            public static final int RECORD_BYTES = 900 << 10;
        }
    }

    /** Of closed files. */
    public enum Compression {
        NONE,
        GZIP,
        ZSTD
    }

    /** What becomes of a record that is longer than a sink takes. */
    public enum Oversize {
        /** Texts are cut; length and SHA-256 of the whole say so. */
        TRUNCATE,
        /** Sent in numbered pieces. */
        CHUNK
    }

    public enum Format {
        /** As schemas/audit-event.v1.json says. */
        NDJSON,
        /** Open Cybersecurity Schema Framework, Datastore Activity. */
        OCSF,
        /** Elastic Common Schema. */
        ECS,
        /** For people: stdout only. */
        PRETTY,
        /** {@link #PRETTY} on a terminal, else {@link #NDJSON}: stdout only. */
        AUTO
    }
}
