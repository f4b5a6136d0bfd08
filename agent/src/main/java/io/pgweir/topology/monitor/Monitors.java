package io.pgweir.topology.monitor;

import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DnsConfig;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.PatroniConfig;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.topology.Finding;
import io.pgweir.topology.Member;
import io.pgweir.topology.NodeAsker;
import io.pgweir.topology.NodeFinder;
import io.pgweir.topology.dns.DnsFinder;
import io.pgweir.topology.monitor.TopologyMonitor.Parts;
import io.pgweir.topology.patroni.PatroniFinder;
import io.pgweir.topology.probe.SqlAsker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Makes the monitor that a cluster's section asks for. */
public final class Monitors {
    private Monitors() {}

    /**
     * Empty where there is nothing to be known but the configuration. Not started.
     *
     * @throws IOException where a file of the section cannot be used
     */
    public static Optional<TopologyMonitor> of(
            String cluster, ClusterConfig config, MonitorClock clock, Telemetry telemetry) throws IOException {
        PatroniConfig patroni = config.patroni();
        DnsConfig dns = config.dns();
        MonitorConfig monitor = config.monitor();
        if (patroni == null && dns == null && monitor == null) {
            return Optional.empty();
        }
        Duration poll = Duration.ofDays(1);
        NodeFinder finder;
        if (patroni != null) {
            poll = patroni.poll();
            finder = PatroniFinder.of(patroni, monitor == null);
        } else if (dns != null) {
            poll = dns.poll();
            finder = DnsFinder.of(dns);
        } else {
            finder = listed(config);
        }
        if (monitor != null && monitor.poll().compareTo(poll) < 0) {
            poll = monitor.poll();
        }
        NodeAsker asker = monitor == null ? null : new SqlAsker(monitor, config.tls());
        return Optional.of(new TopologyMonitor(
                cluster, config, new Parts(finder, patroni != null || dns != null, asker, poll), clock, telemetry));
    }

    private static NodeFinder listed(ClusterConfig config) {
        Finding found =
                new Finding.Found(config.nodes().stream().map(Member::at).toList(), List.of());
        return new NodeFinder() {
            @Override
            public Finding find() {
                return found;
            }

            @Override
            public void close() {
                // It has nothing open.
            }
        };
    }
}
