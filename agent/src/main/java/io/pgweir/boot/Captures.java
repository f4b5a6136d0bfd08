package io.pgweir.boot;

import io.pgweir.admin.CaptureControl;
import io.pgweir.capture.CaptureFullException;
import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureHeader.Options;
import io.pgweir.capture.CaptureHeader.Server;
import io.pgweir.capture.CaptureKey;
import io.pgweir.capture.CaptureWriter;
import io.pgweir.capture.Disguise;
import io.pgweir.config.CaptureConfig;
import io.pgweir.config.CaptureConfig.Sessions;
import io.pgweir.proxy.ProxyContext;
import io.pgweir.proxy.tap.Capture;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The captures of an agent: one at a time. Any thread but a loop's. */
final class Captures implements CaptureControl, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Captures.class);
    static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    private final @Nullable CaptureConfig config;
    private final ProxyContext context;
    private final Supplier<List<Server>> servers;
    private final String agent;
    private final String version;
    private final Telemetry telemetry;
    private volatile @Nullable Running running;
    private @Nullable Status last;

    private record Running(UUID id, Capture capture) {}

    /**
     * @param config null where nothing can be captured
     * @param servers of all clusters, at this moment
     */
    Captures(
            @Nullable CaptureConfig config,
            ProxyContext context,
            Supplier<List<Server>> servers,
            String agent,
            String version,
            Telemetry telemetry) {
        this.config = config;
        this.context = context;
        this.servers = servers;
        this.agent = agent;
        this.version = version;
        this.telemetry = telemetry;
        telemetry.gauge(Metric.CAPTURE_RUNNING, () -> running == null ? 0 : 1);
        telemetry.gauge(Metric.CAPTURE_SESSIONS, () -> {
            Running now = running;
            return now == null ? 0 : now.capture().openSessions();
        });
        telemetry.gauge(Metric.CAPTURE_QUEUED, () -> {
            Running now = running;
            return now == null ? 0 : now.capture().writer().waitingBytes();
        });
    }

    /** Where one is to begin with the agent; a full directory keeps no agent from its start. */
    void open() throws IOException {
        if (config == null || !config.enabled()) {
            return;
        }
        try {
            start(config.sessions(), config.frontendOnly(), config.redact());
        } catch (CaptureFullException full) {
            telemetry.increment(Metric.CAPTURE_FULL);
            log.atWarn().addKeyValue("fault", full.getMessage()).log("No capture begun: its directory is full");
        }
    }

    @Override
    public boolean isConfigured() {
        return config != null;
    }

    @Override
    public Sessions sessions() {
        return config == null ? Sessions.ALL : config.sessions();
    }

    @Override
    public boolean frontendOnly() {
        return config != null && config.frontendOnly();
    }

    @Override
    public boolean redacts() {
        return config != null && config.redact();
    }

    @Override
    public synchronized @Nullable Status start(Sessions sessions, boolean frontendOnly, boolean redact)
            throws IOException {
        if (config == null) {
            throw new IOException("no directory for captures (expected: capture.dir in the configuration)");
        }
        if (running != null) {
            return null;
        }
        Files.createDirectories(config.dir());
        UUID id = UUID.randomUUID();
        Path keyFile = config.keyFile();
        CaptureHeader header = new CaptureHeader(
                agent,
                id,
                0,
                Instant.now(),
                servers.get(),
                new Options(frontendOnly, redact ? Disguise.NAME : "none", filters(sessions)),
                "",
                version);
        CaptureWriter writer = CaptureWriter.start(
                config.dir(),
                header,
                keyFile == null ? null : CaptureKey.read(keyFile),
                new CaptureWriter.Options(
                        config.queueBytes(),
                        config.fileBytes(),
                        config.dirBytes(),
                        config.syncInterval(),
                        CLOSE_MAX,
                        new CaptureMetrics(telemetry, () -> onFull(id))),
                System::nanoTime);
        Running begun = new Running(id, new Capture(writer, sessions));
        running = begun;
        context.capture(begun.capture());
        log.atInfo().addKeyValue("capture", id).addKeyValue("dir", config.dir()).log("Capture begun");
        return status(begun, true, false);
    }

    private static Map<String, List<String>> filters(Sessions sessions) {
        Map<String, List<String>> filters = new TreeMap<>();
        if (!sessions.users().isEmpty()) {
            filters.put("user", sessions.users());
        }
        if (!sessions.databases().isEmpty()) {
            filters.put("database", sessions.databases());
        }
        if (sessions.sample() > 1) {
            filters.put("sample", List.of("1/" + sessions.sample()));
        }
        return filters;
    }

    @Override
    public synchronized @Nullable Status status() {
        Running now = running;
        return now == null ? last : status(now, true, false);
    }

    private Status status(Running which, boolean runs, boolean full) {
        CaptureWriter writer = which.capture().writer();
        return new Status(
                runs,
                which.id().toString(),
                config == null ? "" : config.dir().toString(),
                which.capture().openSessions(),
                writer.droppedMessages(),
                writer.waitingBytes(),
                full);
    }

    @Override
    public synchronized @Nullable Status stop() {
        Running ends = running;
        return ends == null ? null : end(ends, false);
    }

    /** On the thread of its writer, which ends. */
    private void onFull(UUID id) {
        Thread.ofPlatform().name("pgweir-capture-full").daemon().start(() -> endFull(id));
    }

    private synchronized void endFull(UUID id) {
        Running ends = running;
        if (ends == null || !ends.id().equals(id) || config == null) {
            return;
        }
        log.atWarn()
                .addKeyValue("capture", id)
                .addKeyValue("dir", config.dir())
                .addKeyValue("dirBytes", config.dirBytes())
                .log("Capture ends: its directory is full");
        end(ends, true);
    }

    private Status end(Running ends, boolean full) {
        running = null;
        try {
            context.endCapture().get(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            log.atWarn().setCause(late).log("Not all sessions have left the capture in time");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        ends.capture().writer().close();
        Status status = status(ends, false, full);
        last = status;
        log.atInfo()
                .addKeyValue("capture", ends.id())
                .addKeyValue("droppedMessages", status.droppedMessages())
                .log("Capture ended");
        return status;
    }

    @Override
    public void close() {
        stop();
    }
}
