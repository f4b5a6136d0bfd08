/**
 * Records to a Kafka topic, and back. The only room that knows Kafka's client library; a record there is a CloudEvents 1.0
 * event in binary mode: {@link io.pgweir.audit.kafka.CloudEvent}.
 */
@NullMarked
package io.pgweir.audit.kafka;

import org.jspecify.annotations.NullMarked;
