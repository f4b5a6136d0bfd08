package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.audit.encode.JsonEncoder;
import io.pgweir.audit.encode.Tokens;
import io.pgweir.audit.seal.Chain;
import io.pgweir.audit.seal.SealKeys;
import io.pgweir.audit.seal.SigningKey;
import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The way of a record: any event loop, {@link #offer}, a bounded queue, the thread {@code audit-writer}, the chain, the journal:
 * a spool that each sink reads on a thread of its own, or without a spool the sinks themselves.
 *
 * <p>What finds the queue full is dropped and counted, and an {@code audit.gap} tells as soon as there is room: the trail
 * never blocks a loop and never loses in silence. {@link #start} and {@link #close} from one thread, all else from any.
 */
public final class AuditTrail implements AutoCloseable {
    /** How long {@link #close()} waits for sinks to take what is queued. */
    public static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    /** Of {@link #offer}: the queue was full. */
    public static final long DROPPED = -1;

    private final TimeSource time;
    private final Telemetry telemetry;
    private final Uuids uuids;
    private final EventQueue queue;
    private final Journal journal;
    private final AuditWriter writer;

    private final Gaps gaps;
    private final LeftOut leftOut;

    /**
     * With the spool and the sinks that {@code config} names.
     *
     * @throws IOException where a key that {@code config} names cannot be used
     */
    public static AuditTrail of(AuditConfig config, AgentFacts agent, Telemetry telemetry) throws IOException {
        EventQueue queue = new EventQueue(config.queueRecords());
        Gaps gaps = new Gaps();
        SinkTeller teller = new SinkTeller(queue, gaps, TimeSource.SYSTEM);
        List<AuditSink> sinks = Outputs.of(config, teller);
        Journal journal = journal(config, sinks, teller, gaps, TimeSource.SYSTEM, telemetry);
        return new AuditTrail(config, agent, queue, gaps, journal, TimeSource.SYSTEM, telemetry);
    }

    /** With sinks of the caller's own, behind the spool that {@code config} names. */
    public static AuditTrail to(
            List<AuditSink> sinks, AuditConfig config, AgentFacts agent, TimeSource time, Telemetry telemetry)
            throws IOException {
        EventQueue queue = new EventQueue(config.queueRecords());
        Gaps gaps = new Gaps();
        SinkTeller teller = new SinkTeller(queue, gaps, time);
        Journal journal = journal(config, sinks, teller, gaps, time, telemetry);
        return new AuditTrail(config, agent, queue, gaps, journal, time, telemetry);
    }

    /** With a journal of the caller's own. */
    public static AuditTrail to(
            Journal journal, AuditConfig config, AgentFacts agent, TimeSource time, Telemetry telemetry)
            throws IOException {
        EventQueue queue = new EventQueue(config.queueRecords());
        return new AuditTrail(config, agent, queue, new Gaps(), journal, time, telemetry);
    }

    private static Journal journal(
            AuditConfig config,
            List<AuditSink> sinks,
            SinkTeller teller,
            Gaps gaps,
            TimeSource time,
            Telemetry telemetry) {
        AuditConfig.Spool spool = config.spool();
        return spool == null
                ? new DirectJournal(sinks, gaps::add, telemetry)
                : new SpoolJournal(spool, sinks, teller, gaps::add, time, telemetry);
    }

    private AuditTrail(
            AuditConfig config,
            AgentFacts agent,
            EventQueue queue,
            Gaps gaps,
            Journal journal,
            TimeSource time,
            Telemetry telemetry)
            throws IOException {
        this.time = time;
        this.telemetry = telemetry;
        this.queue = queue;
        this.gaps = gaps;
        this.journal = journal;
        uuids = new Uuids(time);
        leftOut = new LeftOut(telemetry);
        Path keyFile = config.seal().key();
        SigningKey key = keyFile == null ? null : SealKeys.readSigningKey(keyFile);
        Recorder recorder = new Recorder(
                new JsonEncoder(config, agent, Tokens.of(config)),
                new Chain(uuids.next().toString()),
                new Pulse(config.seal(), key, queue::size, leftOut::totals, time),
                uuids,
                telemetry);
        writer = new AuditWriter(queue, gaps, recorder, journal, leftOut::totals, time, telemetry);
    }

    /** Opens the journal and begins to write. Whatever cannot be opened stops the start: no agent runs unaudited. */
    public void start() throws IOException {
        telemetry.gauge(Metric.AUDIT_QUEUED, queue::size);
        journal.open();
        offer(new AuditEvent.AuditStart(time.wallMicros(), journal.resumed()));
        writer.start();
    }

    /** A client connected. */
    public SessionAuditor open(ClientFacts client) {
        return new SessionAuditor(this, time, uuids, client);
    }

    /** More than half of the queue waits for the writer: who can hold back what makes records, should. Any thread. */
    public boolean isCongested() {
        return queue.size() > queue.capacity() / 2;
    }

    /** A connection has ended. */
    void onSessionEnd(String cause) {
        telemetry.counter(Metric.SESSIONS_ENDED, cause).increment();
    }

    /** Where executions are counted that rules want no record of. */
    LeftOut leftOut() {
        return leftOut;
    }

    /** Why records are not kept at present, though they wait for it; null where they are. Any thread. */
    public @Nullable String exhausted() {
        String cause = writer.exhausted();
        return cause == null && isCongested() ? "the audit queue is full" : cause;
    }

    /**
     * Any thread; never blocks.
     *
     * @return its ticket for {@link #whenDurable}; {@link #DROPPED} where it found the queue full: then it is counted
     */
    public long offer(AuditEvent event) {
        long ticket = queue.offer(event);
        if (ticket >= 0) {
            writer.wakeIfAsleep();
        } else {
            long now = time.wallMicros();
            addGap(new AuditGap(now, now, 1, AuditGap.Reason.QUEUE_FULL));
            telemetry.increment(Metric.AUDIT_DROPPED);
        }
        return ticket;
    }

    /** Whether the event of {@code ticket} is as safe as the journal makes it. Any thread. */
    public boolean isDurable(long ticket) {
        return writer.waiters().isDurable(ticket);
    }

    /** Runs {@code then} on {@code executor} when the event of {@code ticket} is as safe as the journal makes it. Any thread. */
    public void whenDurable(long ticket, Executor executor, Runnable then) {
        writer.waiters().add(ticket, executor, then);
        writer.wake();
    }

    /**
     * Something was read anew. Any thread.
     *
     * @param error why what was there before stays; null where it was taken over
     */
    public void onReload(String what, String name, @Nullable String error) {
        onRead(what, false, error == null);
        offer(new AuditEvent.AuditReload(time.wallMicros(), what, name, error));
    }

    /**
     * Rules were read, or read anew. Any thread.
     *
     * @param before hash of the set that was in force; null where the process begins
     * @param after of the set that is in force now; null where nothing could be read
     * @param error as for {@link #onReload}
     */
    public void onRulesReload(@Nullable String before, @Nullable String after, @Nullable String error) {
        onRead("rules", before == null, error == null);
        offer(new AuditEvent.AuditReload(time.wallMicros(), "rules", "rules", before, after, error));
    }

    private void onRead(String what, boolean first, boolean taken) {
        if (!first) {
            telemetry.counter(Metric.RELOADS, what, taken ? "ok" : "failed").increment();
        }
        if (taken) {
            long now = time.nanos();
            telemetry.gauge(Metric.RELOAD_AGE, what, () -> time.nanos() - now);
        }
    }

    /** Something is missing, or was not safe in time: told with the next batch. Any thread. */
    public void addGap(AuditGap one) {
        gaps.add(one);
    }

    /** Writes what is queued, {@code audit.stop}, and closes the sinks; gives up after {@link #CLOSE_MAX}. */
    @Override
    public void close() {
        writer.close(CLOSE_MAX);
    }
}
