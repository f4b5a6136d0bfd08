package io.pgweir.equality;

import io.pgweir.lab.Tap;

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
}
