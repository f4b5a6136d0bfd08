package io.pgweir.proxy;

import io.netty.util.concurrent.FastThreadLocal;
import io.pgweir.audit.AuditTrail;
import io.pgweir.config.AuditConfig.Durability;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.TimeoutsConfig;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.proxy.tap.Capture;
import io.pgweir.session.TrackerOptions;
import io.pgweir.sql.StatementCache;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.telemetry.Telemetry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What all sessions of an agent share. Any thread. */
public final class ProxyContext {
    /** Who only waited does not signal when it is told. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long STATEMENT_CACHE_BYTES_MAX = 16 << 20;

    private static final long FACTS_CACHE_BYTES_MAX = 16 << 20;

    private volatile LimitsConfig limits;
    private final Entrance entrance;

    /** As many as there are listeners and configurations with timeouts of their own. */
    private final Map<TimeoutsConfig, Janitor> janitors = new ConcurrentHashMap<>();

    private final TrackerOptions trackerOptions;
    private final Durability durability;
    private final AuditTrail trail;
    private final @Nullable SharedRules rules;
    private final Telemetry telemetry;
    private final SessionMetrics metrics;
    private final Catalogs catalogs = new Catalogs(System::nanoTime);
    private final CancelKeys cancelKeys = new CancelKeys();
    private final Warnings warnings = new Warnings();
    private final LiveSessions sessions = new LiveSessions();

    /** One a loop: query strings come again, and a loop's sessions often run the same application. */
    private final FastThreadLocal<StatementCache> statements = new FastThreadLocal<>() {
        @Override
        protected StatementCache initialValue() {
            return new StatementCache(STATEMENT_CACHE_BYTES_MAX);
        }
    };

    private final FastThreadLocal<FactsCache> facts = new FastThreadLocal<>() {
        @Override
        protected FactsCache initialValue() {
            return new FactsCache(FACTS_CACHE_BYTES_MAX);
        }
    };

    /** Under way to a server. A session that ended by one is over before its cancel has arrived. */
    private final AtomicInteger cancels = new AtomicInteger();

    private final ReentrantLock idle = new ReentrantLock();
    private final Condition changed = idle.newCondition();

    private volatile boolean stopping;

    /** Null while none runs. */
    private volatile @Nullable Capture capture;

    /** @param rules null where none are configured */
    public ProxyContext(
            LimitsConfig limits,
            TrackerOptions trackerOptions,
            Durability durability,
            AuditTrail trail,
            @Nullable SharedRules rules,
            Telemetry telemetry) {
        this.limits = limits;
        this.trackerOptions = trackerOptions;
        this.durability = durability;
        this.trail = trail;
        this.rules = rules;
        this.telemetry = telemetry;
        this.metrics = new SessionMetrics(telemetry);
        entrance = new Entrance(limits, telemetry);
    }

    /** Other limits from now on; what a session took over when it began, it keeps. One caller at a time. */
    public void limit(LimitsConfig next) {
        limits = next;
        entrance.configure(next);
    }

    /**
     * Who looks at a session that begins now; null where no timeout is configured.
     *
     * @param own of its listener; null where that has none
     */
    @Nullable
    Janitor janitor(@Nullable TimeoutsConfig own) {
        TimeoutsConfig timeouts = own == null ? limits.timeouts() : own;
        return timeouts.equals(TimeoutsConfig.NONE) ? null : janitors.computeIfAbsent(timeouts, Janitor::new);
    }

    Entrance entrance() {
        return entrance;
    }

    LimitsConfig limits() {
        return limits;
    }

    TrackerOptions trackerOptions() {
        return trackerOptions;
    }

    Durability durability() {
        return durability;
    }

    AuditTrail trail() {
        return trail;
    }

    /** Null where no rules are configured. */
    @Nullable
    SharedRules rules() {
        return rules;
    }

    Telemetry telemetry() {
        return telemetry;
    }

    SessionMetrics metrics() {
        return metrics;
    }

    /** What rules' columns are called in the databases. */
    Catalogs catalogs() {
        return catalogs;
    }

    /** Of the calling event loop. */
    StatementCache statements() {
        return statements.get();
    }

    /** Of the calling event loop. */
    FactsCache facts() {
        return facts.get();
    }

    CancelKeys cancelKeys() {
        return cancelKeys;
    }

    Warnings warnings() {
        return warnings;
    }

    /** Those that have a server, and those that have asked for one. */
    public LiveSessions sessions() {
        return sessions;
    }

    void onSessionStart(ProxySession session) {
        sessions.add(session);
        if (stopping) {
            session.stop();
        }
    }

    /** Both of its sockets are closed and its last record is on its way. */
    void onSessionEnd(ProxySession session) {
        sessions.remove(session);
        signal();
    }

    void onCancelStart() {
        cancels.incrementAndGet();
    }

    /** The server has seen it, or cannot be reached. */
    void onCancelEnd() {
        cancels.decrementAndGet();
        signal();
    }

    private void signal() {
        idle.lock();
        try {
            changed.signalAll();
        } finally {
            idle.unlock();
        }
    }

    /** Whether the last session and its cancel ended within {@code time}, and whoever waited to become one was told. */
    public boolean awaitNoSessions(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        idle.lock();
        try {
            long left = end - System.nanoTime();
            while (!isEmpty() && left > 0) {
                long _ = changed.awaitNanos(Math.min(left, LOOK_NANOS));
                left = end - System.nanoTime();
            }
            return isEmpty();
        } finally {
            idle.unlock();
        }
    }

    private boolean isEmpty() {
        return sessions.isEmpty() && entrance.isEmpty() && cancels.get() == 0;
    }

    /** Whether no more sessions begin. */
    boolean isStopping() {
        return stopping;
    }

    @Nullable
    Capture capture() {
        return capture;
    }

    /** Sessions that are there, and those to come, are captured. One caller at a time, as of {@link #endCapture}. */
    public void capture(Capture next) {
        capture = next;
        sessions.all().forEach(ProxySession::capture);
    }

    /** No more is captured. @return done when all sessions have been told */
    public CompletableFuture<Void> endCapture() {
        capture = null;
        CompletableFuture<?>[] told =
                sessions.all().stream().map(ProxySession::endCapture).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(told);
    }

    /** A cluster is not what it was, or one of its nodes is being drained: its sessions may have to leave, and who waits may go on. */
    public void onTopology(Cluster cluster) {
        cluster.balancer().goOn(System.nanoTime());
        for (ProxySession session : sessions.all()) {
            if (session.cluster.equals(cluster)) {
                session.onTopology();
            }
        }
    }

    /** Ends every session as soon as nothing is under way, and at its cluster's deadline all the same; no more begin. */
    public void stopSessions() {
        stopping = true;
        sessions.arrivals().forEach(Arrival::stop);
        sessions.all().forEach(ProxySession::stop);
    }

    /** Ends every session at the end of the message that is under way. */
    public void stopSessionsNow() {
        sessions.all().forEach(ProxySession::stopNow);
    }
}
