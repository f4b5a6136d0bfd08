package io.pgweir.equality;

import io.pgweir.boot.Agent;
import io.pgweir.boot.AgentStartException;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.ClientTlsConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ThreadsConfig;
import io.pgweir.lab.Tap;
import java.util.List;
import java.util.Map;

/** Something that listens on 127.0.0.1 and claims to be PostgreSQL. */
interface ProxyUnderTest extends AutoCloseable {

    int port();

    @Override
    void close();

    /** Makes a proxy whose upstream is 127.0.0.1 at this port. */
    @FunctionalInterface
    interface Factory {
        ProxyUnderTest start(int upstreamPort);
    }

    /** A forwarder that understands nothing: the floor, and the proof that the scripts themselves are repeatable. */
    static ProxyUnderTest forwarder(int upstreamPort) {
        Tap tap = Tap.cutting("127.0.0.1", upstreamPort, 7);
        return new ProxyUnderTest() {
            @Override
            public int port() {
                return tap.port();
            }

            @Override
            public void close() {
                tap.close();
            }
        };
    }

    /** The real agent in this process, without TLS, its records unheard. */
    static ProxyUnderTest agent(int upstreamPort) {
        try {
            Agent agent = Agent.start(new AgentConfig(
                    1,
                    Map.of(
                            "lab",
                            new ClusterConfig(
                                    List.of(new HostPort("127.0.0.1", upstreamPort)),
                                    new ServerTlsConfig(
                                            ServerTlsConfig.Mode.DISABLE,
                                            ServerTlsConfig.Negotiation.POSTGRES,
                                            null,
                                            null,
                                            null),
                                    ClusterConfig.CONNECT_TIMEOUT_DEFAULT)),
                    List.of(new ListenerConfig(
                            "lab",
                            new HostPort("127.0.0.1", 0),
                            "lab",
                            ListenerConfig.Mode.TRANSPARENT,
                            ClientTlsConfig.DEFAULT)),
                    AuditConfig.DEFAULT,
                    LimitsConfig.DEFAULT,
                    ThreadsConfig.DEFAULT));
            return new ProxyUnderTest() {
                @Override
                public int port() {
                    return agent.addresses().get("lab").getPort();
                }

                @Override
                public void close() {
                    agent.close();
                }
            };
        } catch (AgentStartException e) {
            throw new IllegalStateException(e);
        }
    }
}
