package io.pgweir.config;

import java.time.Duration;
import java.util.List;

/**
 * Names whose addresses are the nodes, and that may come to mean others.
 *
 * @param names each with its port
 * @param poll from one look to the next; a name is asked for again when its record's time to live is over
 * @param timeout of one query
 * @param ttlMax a record counts no longer than this, whatever it says itself
 */
public record DnsConfig(List<HostPort> names, Duration poll, Duration timeout, Duration ttlMax) {
    public static final Duration POLL = Duration.ofSeconds(1);
    public static final Duration TIMEOUT = Duration.ofSeconds(2);
    public static final Duration TTL_MAX = Duration.ofSeconds(30);

    public DnsConfig {
        names = List.copyOf(names);
    }
}
