package io.pgweir.audit.kafka;

import com.github.luben.zstd.util.Native;
import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The producer's properties: what pgweir sets, under what the user does. What would lose records without a word, or reorder
 * them, is refused.
 */
final class KafkaSettings {
    private static final Pattern SERVER = Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^:\\[\\]\\s]+):[0-9]{1,5}");

    private static final Set<String> OURS = Set.of(
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);

    /** Room for a record's key and headers. */
    private static final int ENVELOPE_BYTES = 16 << 10;

    private static final int REQUEST_BYTES = 1 << 20;
    private static final long MEMORY_BYTES = 32L << 20;

    private KafkaSettings() {}

    /**
     * All of them, known to be what the client library takes.
     *
     * @throws IOException with the property's name and what is wrong with it
     */
    static Map<String, Object> of(AuditConfig.Sink.Kafka config) throws IOException {
        if (config.bootstrapServers().isEmpty()) {
            throw refused("bootstrap-servers", "none", "host:port");
        }
        for (String server : config.bootstrapServers()) {
            if (!SERVER.matcher(server).matches()) {
                throw refused("bootstrap-servers", server, "host:port");
            }
        }
        Map<String, Object> all = ours(config);
        all.putAll(config.properties());
        ProducerConfig checked;
        try {
            checked = new ProducerConfig(all);
        } catch (ConfigException fault) {
            throw new IOException("audit sink kafka: " + fault.getMessage(), fault);
        }
        checkNothingIsLost(config.properties(), checked);
        checkTimes(checked);
        checkCompression(checked);
        return all;
    }

    private static Map<String, Object> ours(AuditConfig.Sink.Kafka config) {
        Map<String, Object> ours = new HashMap<>();
        ours.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        ours.put(ProducerConfig.CLIENT_ID_CONFIG, "pgweir-audit");
        ours.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        ours.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        ours.put(ProducerConfig.ACKS_CONFIG, "all");
        ours.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        ours.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, config.compression());
        // "rebootstrap" throws away what it knows when all brokers are gone, and fails what is sent meanwhile.
        ours.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        ours.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
        ours.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        ours.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
        ours.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
        int request = Math.max(REQUEST_BYTES, config.recordBytes() + ENVELOPE_BYTES);
        ours.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, request);
        ours.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(MEMORY_BYTES, 4L * request));
        // Nobody reads this process's JMX, and no broker shall pull its metrics.
        ours.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        ours.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return ours;
    }

    private static void checkNothingIsLost(Map<String, String> given, ProducerConfig checked) throws IOException {
        for (String name : OURS) {
            if (given.containsKey(name)) {
                throw refused("property " + name, String.valueOf(given.get(name)), "not set: it is pgweir's");
            }
        }
        String acks = checked.getString(ProducerConfig.ACKS_CONFIG);
        if (!acks.equals("all") && !acks.equals("-1")) {
            throw refused("property acks", acks, "all");
        }
        if (!checked.getBoolean(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG)) {
            throw refused("property enable.idempotence", "false", "true");
        }
        if (checked.getInt(ProducerConfig.RETRIES_CONFIG) == 0) {
            throw refused("property retries", "0", "more");
        }
        if (checked.getBoolean(ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG)) {
            throw refused("property partitioner.ignore.keys", "true", "false: a session's records stay in order");
        }
    }

    /** The producer asks the same, but only when it is made. */
    private static void checkTimes(ProducerConfig checked) throws IOException {
        long linger = checked.getLong(ProducerConfig.LINGER_MS_CONFIG);
        int request = checked.getInt(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
        int delivery = checked.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
        if (delivery < linger + request) {
            throw refused(
                    "property delivery.timeout.ms",
                    Integer.toString(delivery),
                    "at least linger.ms + request.timeout.ms: " + (linger + request));
        }
    }

    /** Its library is native, and is unpacked first: that fails where nothing may be written, and always will. */
    private static void checkCompression(ProducerConfig checked) throws IOException {
        if (checked.getString(ProducerConfig.COMPRESSION_TYPE_CONFIG).equals("zstd")) {
            try {
                Native.load();
            } catch (LinkageError missing) {
                throw new IOException(
                        "audit sink kafka: compression: the library of zstd cannot be loaded"
                                + " (expected: a writable /tmp, or lz4): " + missing,
                        missing);
            }
        }
    }

    private static IOException refused(String what, String found, String expected) {
        return new IOException("audit sink kafka: " + what + ": " + found + " (expected: " + expected + ")");
    }
}
