package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.audit.spool.Damage;
import io.pgweir.audit.spool.Delivery;
import io.pgweir.audit.spool.DeliveryListener;
import io.pgweir.audit.spool.Recovery;
import io.pgweir.audit.spool.Spool;
import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** With a spool: records are on disk when {@link #force} returns, and each sink takes them from there at its own pace. */
final class SpoolJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolJournal.class);

    private final AuditConfig.Spool config;
    private final List<AuditSink> sinks;
    private final DeliveryListener listener;
    private final Consumer<AuditGap> gaps;
    private final TimeSource time;
    private final Telemetry telemetry;
    private @Nullable Spool spool;
    private @Nullable Delivery delivery;
    private @Nullable Resumed resumed;

    SpoolJournal(
            AuditConfig.Spool config,
            List<AuditSink> sinks,
            DeliveryListener listener,
            Consumer<AuditGap> gaps,
            TimeSource time,
            Telemetry telemetry) {
        this.config = config;
        this.sinks = sinks;
        this.listener = listener;
        this.gaps = gaps;
        this.time = time;
        this.telemetry = telemetry;
    }

    @Override
    public void open() throws IOException {
        Spool opened = Spool.open(config, telemetry);
        Delivery started = new Delivery(opened, sinks, listener, telemetry);
        try {
            started.start();
        } catch (IOException | RuntimeException fault) {
            opened.close();
            throw fault;
        }
        spool = opened;
        delivery = started;
        Recovery recovery = opened.recovery();
        resumed = resumed(recovery);
        if (!recovery.cut().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("file", recovery.cutFile())
                    .addKeyValue("bytes", recovery.cutBytes())
                    .log("audit spool ended in a torn record, which was cut off");
        }
        long now = time.wallMicros();
        for (Damage damage : recovery.damaged()) {
            LOG.atError()
                    .addKeyValue("file", damage.file())
                    .addKeyValue("offset", damage.offset())
                    .addKeyValue("bytes", damage.bytes())
                    .log("audit spool is damaged");
            gaps.accept(new AuditGap(now, now, 0, AuditGap.Reason.SPOOL_DAMAGED));
        }
    }

    /** Null for a spool that was new. */
    private static @Nullable Resumed resumed(Recovery recovery) {
        AuditRecord last = recovery.last();
        if (last == null) {
            return recovery.cutBytes() == 0 ? null : new Resumed(null, 0, null, recovery.cutBytes());
        }
        try {
            AuditRecord.Head head = last.head();
            String hash = last.hash();
            if (hash != null && !head.chain().isEmpty()) {
                return new Resumed(head.chain(), head.seq(), hash, recovery.cutBytes());
            }
        } catch (IllegalArgumentException unreadable) {
            LOG.atError().setCause(unreadable).log("audit spool's last record is none of pgweir's");
        }
        return new Resumed(null, 0, null, recovery.cutBytes());
    }

    @Override
    public @Nullable Resumed resumed() {
        return resumed;
    }

    @Override
    public void append(AuditEvent event, byte[] array, int offset, int length) throws IOException {
        spool().append(array, offset, length);
    }

    @Override
    public void force() throws IOException {
        spool().force();
    }

    @Override
    public Duration forceInterval() {
        return config.syncInterval();
    }

    @Override
    public int forceBytes() {
        return config.syncBytes();
    }

    @Override
    public void close(Duration wait) throws IOException {
        if (delivery != null) {
            delivery.close(wait);
        }
        if (spool != null) {
            spool.close();
        }
    }

    private Spool spool() {
        if (spool == null) {
            throw new IllegalStateException("the spool is not open");
        }
        return spool;
    }
}
