package io.pgweir.proxy;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator should hear of, at most once a minute of each kind. Any thread. */
final class Warnings {
    private static final Logger log = LoggerFactory.getLogger(Warnings.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong nextSaslNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong nextConnectNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong nextPassedOverNanos = new AtomicLong(System.nanoTime());

    /** As a client with channel_binding=require does, and one that has no password at hand. */
    void leftAtSaslOffer(UUID session) {
        if (isDue(nextSaslNanos)) {
            log.atWarn()
                    .addKeyValue("sessionId", session)
                    .log(
                            "Client left at the offer of SASL mechanisms; with channel_binding=require it needs TLS on both"
                                    + " sides and the server's certificate and key on the listener");
        }
    }

    void connectFailed(String cluster, String reason) {
        if (isDue(nextConnectNanos)) {
            log.atWarn()
                    .addKeyValue("cluster", cluster)
                    .addKeyValue("error", reason)
                    .log("No server could be connected to");
        }
    }

    /** Another node took the session. */
    void passedOver(UUID session, String cluster, String reasons) {
        if (isDue(nextPassedOverNanos)) {
            log.atWarn()
                    .addKeyValue("sessionId", session)
                    .addKeyValue("cluster", cluster)
                    .addKeyValue("error", reasons)
                    .log("Nodes did not take a session that another one took");
        }
    }

    private static boolean isDue(AtomicLong next) {
        long now = System.nanoTime();
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + PAUSE_NANOS);
    }
}
