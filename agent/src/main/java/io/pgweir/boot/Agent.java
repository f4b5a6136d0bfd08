package io.pgweir.boot;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgweir.admin.Admin;
import io.pgweir.admin.Parts;
import io.pgweir.admin.ReloadReport;
import io.pgweir.audit.AgentFacts;
import io.pgweir.audit.AuditTrail;
import io.pgweir.audit.cloudwatch.MetricsSender;
import io.pgweir.boot.AgentStartException.Kind;
import io.pgweir.capture.CaptureHeader;
import io.pgweir.config.AdminConfig;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Durability;
import io.pgweir.config.ConfigException;
import io.pgweir.config.RulesConfig;
import io.pgweir.net.Transport;
import io.pgweir.proxy.ProxyContext;
import io.pgweir.proxy.Resolver;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.rules.Rules;
import io.pgweir.rules.file.RuleFiles;
import io.pgweir.session.TrackerOptions;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running pgweir: the one place that wires objects together.
 *
 * <pre>
 *  start: audit trail, metrics, TLS files, clusters, event loops, listeners
 *  close: listeners, sessions (each after its transaction; at the deadline, all), clusters, event loops, audit trail, metrics
 * </pre>
 *
 * <p>{@link #start} and {@link #close} from one thread, all else from any.
 */
public final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    /** How long clients may take to hear that their session is over. */
    private static final Duration FAREWELL = Duration.ofSeconds(4);

    private static final Duration LOOPS_END = Duration.ofSeconds(1);

    private static final long LOOK_MILLIS = 1000;

    private static final int WAITING_THREADS = 4;
    private static final int WAITING_TASKS_MAX = 1024;

    private final AuditTrail trail;
    private final ProxyContext context;
    private final Transport transport;
    private final @Nullable RulesWatch watch;
    private final Durability durability;
    private final Telemetry telemetry;
    private final Clusters clusters;
    private final Listeners listeners;
    private final Captures captures;
    private final @Nullable ConfigReload configuration;
    private final @Nullable Rules rules;
    private final List<MetricsSender> metrics;
    private @Nullable Admin admin;

    /** Where name resolution and certificate files are waited for. */
    private final ThreadPoolExecutor waiting = new ThreadPoolExecutor(
            WAITING_THREADS,
            WAITING_THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_TASKS_MAX),
            new DefaultThreadFactory("waiting", true));

    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Starts all of it, or nothing.
     *
     * @throws ConfigException with every fault of the rules
     */
    public static Agent start(AgentConfig config) throws AgentStartException, ConfigException {
        return start(config, Origins.of(config));
    }

    /**
     * As {@link #start(AgentConfig)} with what {@code source} says; what it says later is taken over while the agent runs.
     *
     * @throws ConfigException with every fault of the configuration, or else of the rules
     */
    public static Agent start(ConfigSource source) throws AgentStartException, ConfigException {
        FileStamps file = FileStamps.of(List.of(source.file()));
        AgentConfig config = source.read();
        return start(config, new Origins(source, file, Origins.ruleFiles(config)));
    }

    private static Agent start(AgentConfig config, Origins origins) throws AgentStartException, ConfigException {
        LogSetup.apply(config.log());
        Telemetry telemetry = new Telemetry();
        Rules rules = rules(config.rules());
        AuditTrail trail;
        try {
            trail = AuditTrail.of(config.audit(), facts(), telemetry);
        } catch (IOException failure) {
            throw new AgentStartException(Kind.AUDIT, "audit: " + failure.getMessage(), failure);
        }
        return start(config, origins, trail, rules, telemetry);
    }

    /**
     * As {@link #start(AgentConfig)}, with a trail of the caller's own, which the agent starts and closes, and the caller's own rules.
     *
     * @param rules null for none
     */
    public static Agent start(AgentConfig config, AuditTrail trail, @Nullable Rules rules, Telemetry telemetry)
            throws AgentStartException {
        return start(config, Origins.of(config), trail, rules, telemetry);
    }

    private static Agent start(
            AgentConfig config, Origins origins, AuditTrail trail, @Nullable Rules rules, Telemetry telemetry)
            throws AgentStartException {
        SharedRules shared = rules == null
                ? null
                : new SharedRules(rules, MaskKey.of(config.rules().maskKey()), telemetry);
        Transport transport;
        try {
            transport = Transport.start(config.threads(), config.limits().keepalive());
        } catch (IllegalStateException unavailable) {
            throw new AgentStartException(Kind.TRANSPORT, String.valueOf(unavailable.getMessage()), unavailable);
        }
        Agent agent = new Agent(config, origins, transport, trail, rules, shared, telemetry);
        try {
            agent.open(config);
            return agent;
        } catch (AgentStartException failure) {
            agent.close();
            throw failure;
        }
    }

    private static @Nullable Rules rules(RulesConfig config) throws ConfigException {
        return config.files().isEmpty() && config.packs().isEmpty()
                ? null
                : new Rules(RuleFiles.source(config, InstantSource.system()));
    }

    private static AgentFacts facts() {
        return new AgentFacts(UUID.randomUUID().toString(), version(), host());
    }

    private static @Nullable String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return null;
        }
    }

    private static String version() {
        String version = Agent.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private Agent(
            AgentConfig config,
            Origins origins,
            Transport transport,
            AuditTrail trail,
            @Nullable Rules rules,
            @Nullable SharedRules shared,
            Telemetry telemetry) {
        AuditConfig audit = config.audit();
        this.transport = transport;
        this.trail = trail;
        this.telemetry = telemetry;
        this.rules = rules;
        durability = audit.durability();
        watch = rules == null ? null : new RulesWatch(rules, config.rules().files(), origins.rules(), trail);
        waiting.allowCoreThreadTimeOut(true);
        context = new ProxyContext(
                config.limits(),
                new TrackerOptions(audit.parameterBytes(), audit.copySha256()),
                durability,
                trail,
                shared,
                telemetry);
        clusters = new Clusters(transport, new Resolver(waiting), trail, telemetry, context);
        metrics = MetricsSender.of(audit, host(), telemetry);
        captures = new Captures(
                config.capture(), context, () -> servers(config), String.valueOf(host()), version(), telemetry);
        listeners = new Listeners(context, transport, trail, waiting);
        ConfigSource source = origins.source();
        configuration = source == null
                ? null
                : new ConfigReload(source, origins.config(), config, clusters, listeners, context, watch, trail);
    }

    private void open(AgentConfig config) throws AgentStartException {
        try {
            trail.start();
            for (MetricsSender sender : metrics) {
                sender.start();
            }
        } catch (IOException failure) {
            throw new AgentStartException(Kind.AUDIT, "audit: " + failure.getMessage(), failure);
        }
        if (rules != null) {
            trail.onRulesReload(null, rules.current().hash(), null);
        }
        // Before the first session.
        try {
            captures.open();
        } catch (IOException failure) {
            throw new AgentStartException(Kind.CAPTURE, "capture: " + failure.getMessage(), failure);
        }
        try (Clusters.Prepared all = clusters.prepare(config);
                Listeners.Prepared accepting = listeners.prepare(config, all::of)) {
            all.commit();
            accepting.commit();
        }
        watchFiles();
        if (config.admin() != null) {
            admin = admin(config.admin(), config);
        }
    }

    private static List<CaptureHeader.Server> servers(AgentConfig config) {
        return config.clusters().entrySet().stream()
                .flatMap(cluster -> cluster.getValue().nodes().stream()
                        .map(node -> new CaptureHeader.Server(cluster.getKey(), node.toString(), "")))
                .toList();
    }

    private Admin admin(AdminConfig config, AgentConfig whole) throws AgentStartException {
        Parts parts = new Parts(
                version(),
                () -> configuration == null ? whole : configuration.running(),
                telemetry,
                this::unready,
                this::reload,
                context.sessions(),
                clusters,
                captures,
                rules);
        try {
            Admin started = Admin.start(config, parts);
            SelfMetrics.start(telemetry, version(), rules, transport.loops());
            log.atInfo()
                    .addKeyValue("address", NetUtil.toSocketAddressString(started.address()))
                    .log("Admin listening");
            return started;
        } catch (IOException failure) {
            throw new AgentStartException(Kind.BIND, String.valueOf(failure.getMessage()), failure);
        }
    }

    /** Why clients should be sent elsewhere. Any thread. */
    private List<String> unready() {
        List<String> reasons = new ArrayList<>(2);
        if (closing.get()) {
            reasons.add("stopping");
        }
        String exhausted = trail.exhausted();
        if (exhausted != null && durability.failsClosed()) {
            reasons.add("statements are refused, for audit records cannot be kept: " + exhausted);
        }
        return reasons;
    }

    /** Looked at on a thread that may wait; the loops' clock asks for it until they are shut down. */
    @SuppressWarnings("FutureReturnValueIgnored") // It ends with its loop.
    private void watchFiles() {
        transport
                .loops()
                .next()
                .scheduleWithFixedDelay(
                        () -> waiting.execute(this::look), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        if (configuration != null) {
            configuration.look();
        }
        if (watch != null) {
            watch.look();
        }
    }

    /** Reads again what is read from files: the configuration, and rules. Any thread that may wait. */
    public ReloadReport reload() {
        if (configuration != null) {
            return configuration.reload();
        }
        return watch == null ? ReloadReport.taken(List.of()) : watch.reload();
    }

    /** What each listener of a network is bound to, by its name, in the order of the configuration. */
    public Map<String, InetSocketAddress> addresses() {
        return listeners.addresses();
    }

    /** Of the HTTP side; null where there is none. */
    public @Nullable InetSocketAddress adminAddress() {
        return admin == null ? null : admin.address();
    }

    /** Longest that {@link #close} waits for sessions, then for a capture, records and metrics. */
    public Duration closeDurationMax() {
        Duration longest = clusters.deadlineMax()
                .plus(FAREWELL.multipliedBy(2))
                .plus(LOOPS_END)
                .plus(AuditTrail.CLOSE_MAX);
        if (captures.isConfigured()) {
            longest = longest.plus(Captures.CLOSE_MAX);
        }
        return longest.plus(MetricsSender.CLOSE_MAX.multipliedBy(metrics.size()));
    }

    /** Stops accepting, lets transactions end, tells clients 57P01, and writes every record out. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        try {
            listeners.close();
            context.stopSessions();
            if (!context.awaitNoSessions(clusters.deadlineMax().plus(FAREWELL))) {
                context.stopSessionsNow();
                context.awaitNoSessions(FAREWELL);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            if (admin != null) {
                admin.close();
            }
            captures.close();
            clusters.close();
            transport
                    .loops()
                    .shutdownGracefully(0, LOOPS_END.toMillis(), TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly();
            trail.close();
            metrics.forEach(MetricsSender::close);
            waiting.shutdownNow();
            closed.countDown();
        }
    }

    /** Those that {@link #close} still waits for have no more time: they end at the end of the message that is under way. Any thread. */
    public void hurry() {
        context.stopSessionsNow();
    }

    public void awaitClosed() throws InterruptedException {
        closed.await();
    }
}
