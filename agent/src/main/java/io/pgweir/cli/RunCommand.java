package io.pgweir.cli;

import io.pgweir.boot.Agent;
import io.pgweir.boot.AgentStartException;
import io.pgweir.boot.ConfigSource;
import io.pgweir.boot.ServiceManager;
import io.pgweir.boot.Signals;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.CaptureConfig;
import io.pgweir.config.ConfigException;
import io.pgweir.config.ConfigReader;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the agent until a signal, or an interrupt of the calling thread, stops it. Records to stdout, log to stderr. */
@Command(
        name = "run",
        description = "Stands between clients and a server until SIGTERM or SIGINT.",
        customSynopsis = {
            "pgweir run --upstream HOST:PORT [--listen [HOST:]PORT] [OPTIONS]",
            "pgweir run --config FILE [--capture DIR] [--audit-... OPTIONS]"
        },
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    /** Read by logback.xml. */
    static final String LOG_LEVEL_PROPERTY = "pgweir.log.level";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The configuration file; other options but --audit-..., --capture and --log-level belong in it.")
    private @Nullable Path config;

    @Mixin
    private final UpstreamOptions upstream = new UpstreamOptions();

    @Mixin
    private final AuditOptions audit = new AuditOptions();

    @Option(
            names = "--capture",
            paramLabel = "DIR",
            description = "Captures all sessions, from the start, into files in DIR; see `pgweir capture`.")
    private @Nullable Path capture;

    @Option(
            names = "--redact",
            description = "With --capture: other values stand for literals, parameters and COPY data; no rows.")
    private boolean redact;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            converter = Words.Levels.class,
            completionCandidates = Words.Levels.class,
            description = "pgweir's own log, on stderr: ${COMPLETION-CANDIDATES}. Default: info.")
    private Words.@Nullable LogLevel logLevel;

    @Override
    public Integer call() throws ConfigException, AgentStartException {
        if (logLevel != null) {
            // Before the agent's classes are loaded, and with them the first logger.
            System.setProperty(LOG_LEVEL_PROPERTY, logLevel.name().toLowerCase(Locale.ROOT));
        }
        Agent agent = config == null ? Agent.start(effective()) : Agent.start(new FileSource(config));
        ServiceManager manager = ServiceManager.of(System.getenv());
        Signals.handle("HUP", () -> manager.reload(agent));
        AtomicInteger asked = new AtomicInteger();
        Signals.handle("TERM", () -> onStop(agent, manager, asked.incrementAndGet()));
        Signals.handle("INT", () -> onStop(agent, manager, asked.incrementAndGet()));
        Thread onSignal = new Thread(() -> stop(agent), "stop");
        Runtime.getRuntime().addShutdownHook(onSignal);
        manager.ready();
        try {
            agent.awaitClosed();
        } catch (InterruptedException _) {
            agent.close();
            Thread.currentThread().interrupt();
        } finally {
            forget(onSignal);
        }
        return ExitCode.OK;
    }

    /** The file that was given, with what else was given beside it. */
    private final class FileSource implements ConfigSource {
        private final Path file;

        FileSource(Path file) {
            this.file = file;
        }

        @Override
        public Path file() {
            return file;
        }

        @Override
        public AgentConfig read() throws ConfigException {
            return effective();
        }
    }

    private AgentConfig effective() throws ConfigException {
        if (config != null && upstream.given()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--config with options of its own (expected: one or the other; only --audit-... may be added)");
        }
        if (redact && capture == null) {
            throw new ParameterException(spec.commandLine(), "--redact (expected: beside --capture)");
        }
        AgentConfig read = config == null ? upstream.toConfig(spec.commandLine()) : ConfigReader.read(config);
        return new AgentConfig(
                read.version(),
                read.clusters(),
                read.listeners(),
                read.rules(),
                audit.override(read.audit()),
                read.limits(),
                read.threads(),
                read.admin(),
                read.log(),
                capture == null ? read.capture() : captured(capture));
    }

    private CaptureConfig captured(Path dir) {
        return redact ? CaptureConfig.into(dir).redacted() : CaptureConfig.into(dir);
    }

    /** The first signal asks sessions to end, the second ends them, the third ends the process as it is. */
    private static void onStop(Agent agent, ServiceManager manager, int times) {
        switch (times) {
            case 1 -> {
                manager.stopping(agent.closeDurationMax());
                agent.close();
            }
            case 2 -> agent.hurry();
            default -> Runtime.getRuntime().halt(ExitCode.SOFTWARE);
        }
    }

    /** A signal is an orderly end: the process says 0, not 128 and the signal's number. */
    private static void stop(Agent agent) {
        agent.close();
        Runtime.getRuntime().halt(ExitCode.OK);
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The hook is what ended the wait.
        }
    }
}
