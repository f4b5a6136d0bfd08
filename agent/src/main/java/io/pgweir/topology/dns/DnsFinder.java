package io.pgweir.topology.dns;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.pgweir.config.DnsConfig;
import io.pgweir.config.HostPort;
import io.pgweir.topology.Finding;
import io.pgweir.topology.Member;
import io.pgweir.topology.NodeFinder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Every address of every name is a node, called by its address. The resolver asks again when a record's time to live is over,
 * so looking often costs nothing. While a name cannot be resolved, what it meant last stands.
 */
public final class DnsFinder implements NodeFinder {
    private final DnsConfig config;
    private final EventLoopGroup group;
    private final DnsNameResolver resolver;
    private final Map<HostPort, List<InetAddress>> known = new HashMap<>();

    private DnsFinder(DnsConfig config, @Nullable DnsServerAddressStreamProvider servers) {
        this.config = config;
        this.group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("topology-dns", true), NioIoHandler.newFactory());
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(group.next())
                .datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class)
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .queryTimeoutMillis(config.timeout().toMillis())
                .negativeTtl(0);
        int ttlSecondsMax = (int) Math.min(Integer.MAX_VALUE, config.ttlMax().toSeconds());
        if (ttlSecondsMax > 0) {
            builder.ttl(0, ttlSecondsMax);
        } else {
            builder.resolveCache(NoopDnsCache.INSTANCE).cnameCache(NoopDnsCnameCache.INSTANCE);
        }
        if (servers != null) {
            builder.nameServerProvider(servers);
        }
        this.resolver = builder.build();
    }

    public static DnsFinder of(DnsConfig config) {
        return new DnsFinder(config, null);
    }

    /** With these name servers instead of the system's. */
    static DnsFinder of(DnsConfig config, DnsServerAddressStreamProvider servers) {
        return new DnsFinder(config, servers);
    }

    @Override
    public Finding find() throws InterruptedException {
        Map<HostPort, Future<List<InetAddress>>> asked = new LinkedHashMap<>();
        for (HostPort name : config.names()) {
            asked.put(name, resolver.resolveAll(name.host()));
        }
        long deadline = System.nanoTime() + config.timeout().toNanos();
        List<String> faults = new ArrayList<>();
        for (Map.Entry<HostPort, Future<List<InetAddress>>> one : asked.entrySet()) {
            Future<List<InetAddress>> future = one.getValue();
            boolean done = future.await(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (done && future.isSuccess()) {
                known.put(one.getKey(), sorted(future.getNow()));
            } else {
                Throwable cause = future.cause();
                faults.add("dns: " + one.getKey().host() + ": "
                        + (done && cause != null
                                ? cause.getMessage()
                                : "no answer within " + config.timeout().toMillis() + " ms"));
            }
        }
        if (faults.size() == asked.size()) {
            return new Finding.Away(String.join("; ", faults));
        }
        return new Finding.Found(members(), faults);
    }

    /** An answer's order changes from one to the next; that of the nodes does not. */
    private static List<InetAddress> sorted(List<InetAddress> addresses) {
        return addresses.stream()
                .sorted(Comparator.comparing(InetAddress::getHostAddress))
                .distinct()
                .toList();
    }

    private List<Member> members() {
        Map<String, Member> members = new LinkedHashMap<>();
        for (HostPort name : config.names()) {
            for (InetAddress at : known.getOrDefault(name, List.of())) {
                String own = new HostPort(at.getHostAddress(), name.port()).toString();
                members.putIfAbsent(own, new Member(own, name, at, null));
            }
        }
        return List.copyOf(members.values());
    }

    @Override
    public void close() {
        resolver.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
