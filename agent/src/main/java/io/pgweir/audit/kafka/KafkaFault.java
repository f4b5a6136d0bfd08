package io.pgweir.audit.kafka;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Says in words for an operator why Kafka did not take or give records. */
final class KafkaFault {
    private final List<String> servers;
    private final String topic;

    KafkaFault(List<String> servers, String topic) {
        this.servers = servers;
        this.topic = topic;
    }

    IOException of(Throwable fault) {
        return new IOException("kafka topic " + topic + ": " + reason(fault), fault);
    }

    private String reason(Throwable fault) {
        Throwable cause = fault.getCause();
        return switch (fault) {
            case UnknownTopicOrPartitionException _ -> "it does not exist, and the brokers do not create it";
            case InvalidTopicException _ -> "no broker takes such a name";
            case AuthenticationException _ -> "login refused: " + fault.getMessage();
            case AuthorizationException _ -> "not allowed: " + fault.getMessage();
            case NotEnoughReplicasException _, NotEnoughReplicasAfterAppendException _ ->
                "fewer replicas are in sync than its min.insync.replicas asks for";
            case TimeoutException _ ->
                cause instanceof KafkaException
                        ? reason(cause)
                        : "no answer in time from " + servers + ": " + fault.getMessage();
            case ConfigException _ -> String.valueOf(fault.getMessage());
            // "Failed to construct kafka producer" says nothing; what it wraps does.
            case KafkaException _ when cause != null -> reason(cause);
            case LinkageError _ -> "the library of its compression cannot be loaded: " + fault;
            default -> fault.toString();
        };
    }
}
