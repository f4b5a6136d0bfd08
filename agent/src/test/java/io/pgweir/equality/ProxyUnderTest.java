package io.pgweir.equality;

import io.pgweir.lab.Tap;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Something that listens on 127.0.0.1 and claims to be PostgreSQL. */
interface ProxyUnderTest extends AutoCloseable {

    int port();

    /** The audit records since the last call, each as the schema says; waits until every session has its last one. */
    List<JsonNode> takeRecords();

    /** Answers that fitted no request, in all sessions that have ended. */
    long unexpectedMessages();

    /** Sessions no longer understood and records that did not come to paper. */
    long losses();

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
            public List<JsonNode> takeRecords() {
                return List.of();
            }

            @Override
            public long unexpectedMessages() {
                return 0;
            }

            @Override
            public long losses() {
                return 0;
            }

            @Override
            public void close() {
                tap.close();
            }
        };
    }
}
