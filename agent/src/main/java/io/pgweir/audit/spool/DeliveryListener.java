package io.pgweir.audit.spool;

import io.pgweir.audit.AuditRecord;
import java.time.Duration;

/** Hears how delivery goes. Called on the sink's own thread, which waits in here. */
public interface DeliveryListener {
    /** A sink refused for the first time since it worked; it is asked again until it takes what it refused. */
    void onDown(String sink, String reason);

    /** It took something again. */
    void onUp(String sink, Duration down);

    /** {@code record} has no form in the sink's format: the sink never gets it. */
    void onNotEncoded(String sink, AuditRecord record, String reason);
}
