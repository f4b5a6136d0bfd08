package io.pgweir.cli;

import io.pgweir.config.AgentConfig;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.ClientTlsConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.RulesConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ThreadsConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Zero configuration: one server, one listener, and the defaults of the file for all else. */
final class UpstreamOptions {
    private static final String NAME = "upstream";

    @Option(
            names = "--upstream",
            paramLabel = "HOST:PORT",
            converter = Upstream.class,
            description = "The PostgreSQL server.")
    private @Nullable HostPort upstream;

    @Option(
            names = "--listen",
            paramLabel = "[HOST:]PORT",
            converter = Listen.class,
            description = "Where clients connect to; a port alone is one on 127.0.0.1. Default: 127.0.0.1:6432.")
    private @Nullable HostPort listen;

    @Option(
            names = "--upstream-tls",
            paramLabel = "MODE",
            converter = Words.UpstreamTls.class,
            completionCandidates = Words.UpstreamTls.class,
            description = "libpq's sslmode to the server: ${COMPLETION-CANDIDATES}. Default: prefer.")
    private ServerTlsConfig.@Nullable Mode upstreamTls;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Certificate chain, PEM, for clients that ask for TLS; best the server's own.")
    private @Nullable Path tlsCert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The certificate's key, PEM.")
    private @Nullable Path tlsKey;

    @Option(names = "--threads", paramLabel = "N", description = "Event loops; 0 is one a processor. Default: 0.")
    private @Nullable Integer threads;

    boolean given() {
        return upstream != null
                || listen != null
                || upstreamTls != null
                || tlsCert != null
                || tlsKey != null
                || threads != null;
    }

    /** @throws ParameterException where options are missing or do not fit together */
    AgentConfig toConfig(CommandLine command) {
        if (upstream == null) {
            throw new ParameterException(command, "no server (expected: --upstream HOST:PORT or --config FILE)");
        }
        if (threads != null && (threads < 0 || threads > 1024)) {
            throw new ParameterException(command, "--threads: " + threads + " (expected: 0 to 1024)");
        }
        ServerTlsConfig serverTls = upstreamTls == null
                ? ServerTlsConfig.DEFAULT
                : new ServerTlsConfig(upstreamTls, ServerTlsConfig.Negotiation.POSTGRES, null, null, null);
        ListenerConfig listener = new ListenerConfig(
                NAME,
                listen == null ? new HostPort(HostPort.LISTEN_HOST_DEFAULT, 6432) : listen,
                NAME,
                ListenerConfig.Mode.TRANSPARENT,
                clientTls(command));
        return new AgentConfig(
                1,
                Map.of(NAME, new ClusterConfig(List.of(upstream), serverTls, ClusterConfig.CONNECT_TIMEOUT_DEFAULT)),
                List.of(listener),
                RulesConfig.DEFAULT,
                AuditConfig.DEFAULT,
                LimitsConfig.DEFAULT,
                threads == null ? ThreadsConfig.DEFAULT : new ThreadsConfig(threads, ThreadsConfig.DEFAULT.transport()),
                null);
    }

    private ClientTlsConfig clientTls(CommandLine command) {
        if (tlsCert == null && tlsKey == null) {
            return ClientTlsConfig.DEFAULT;
        }
        return new ClientTlsConfig(
                ClientTlsConfig.Mode.ALLOW,
                readable(command, "--tls-cert", tlsCert),
                readable(command, "--tls-key", tlsKey),
                null,
                ClientTlsConfig.ClientCertificate.NONE);
    }

    private static Path readable(CommandLine command, String option, @Nullable Path file) {
        if (file == null) {
            throw new ParameterException(command, option + " is missing (expected: --tls-cert and --tls-key together)");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new ParameterException(command, option + ": " + file + " (expected: a file that can be read)");
        }
        return file.toAbsolutePath();
    }

    private static HostPort address(String text, String hostDefault) {
        try {
            return HostPort.parse(text, hostDefault);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    static final class Upstream implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String text) {
            return address(text, HostPort.NODE_HOST_DEFAULT);
        }
    }

    static final class Listen implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String text) {
            return address(text, HostPort.LISTEN_HOST_DEFAULT);
        }
    }
}
