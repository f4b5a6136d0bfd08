/**
 * A replay on several machines: a capture's sessions on a Kafka topic, workers that share them in one consumer group, and their reports
 * folded into one. Kafka's group is what divides; there is no coordinator.
 *
 * <p>Imports {@code replay replay.report capture} and Kafka's client library.
 */
@NullMarked
package io.pgweir.replay.kafka;

import org.jspecify.annotations.NullMarked;
