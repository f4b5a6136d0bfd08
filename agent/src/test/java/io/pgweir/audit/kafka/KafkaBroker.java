package io.pgweir.audit.kafka;

import io.pgweir.testing.TcpGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/** A real broker in this JVM. Clients reach it through a gate, so that its network can fail. */
public final class KafkaBroker {
    private static final Duration WAIT = Duration.ofSeconds(30);

    final TcpGate gate;
    private final KafkaClusterTestKit kit;

    private KafkaBroker(TcpGate gate, KafkaClusterTestKit kit) {
        this.gate = gate;
        this.kit = kit;
    }

    public static KafkaBroker start() throws Exception {
        TcpGate gate = new TcpGate();
        KafkaClusterTestKit kit = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                        .setCombined(true)
                        .setNumBrokerNodes(1)
                        .setNumControllerNodes(1)
                        .build())
                .setConfigProp("advertised.listeners", "EXTERNAL://127.0.0.1:" + gate.port())
                .setConfigProp("auto.create.topics.enable", "false")
                .setConfigProp("offsets.topic.num.partitions", "1")
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("group.initial.rebalance.delay.ms", "0")
                // The controller holds on to a broker that stopped for this long: restarts take no less.
                .setConfigProp("broker.session.timeout.ms", "1000")
                .setConfigProp("broker.heartbeat.interval.ms", "100")
                .build();
        kit.format();
        kit.startup();
        kit.waitForReadyBrokers();
        String bound = kit.bootstrapServers();
        gate.to(Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1)));
        return new KafkaBroker(gate, kit);
    }

    public String servers() {
        return "127.0.0.1:" + gate.port();
    }

    public void topic(String name, int partitions, Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings)))
                    .all()
                    .get();
        }
    }

    void stop() {
        kit.brokers().values().iterator().next().shutdown();
        kit.brokers().values().iterator().next().awaitShutdown();
    }

    void restart() {
        kit.brokers().values().iterator().next().startup();
    }

    /** All that the topic holds, by partition and then offset. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", servers()));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (var info : consumer.partitionsFor(topic, WAIT)) {
                TopicPartition partition = new TopicPartition(topic, info.partition());
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition))
                        .values()
                        .iterator()
                        .next();
                while (consumer.position(partition) < end) {
                    consumer.poll(Duration.ofMillis(200)).forEach(all::add);
                }
            }
        }
        return all;
    }

    public void end() throws Exception {
        kit.close();
        gate.close();
    }
}
