package io.pgweir.cli;

import io.pgweir.auth.Password;
import io.pgweir.config.Faults;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.replay.Logins;
import io.pgweir.replay.Logins.Login;
import io.pgweir.replay.Target;
import io.pgweir.replay.UserMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The server that a capture is run on, and who logs in there. */
final class TargetOptions {
    @Option(
            names = "--to",
            paramLabel = "HOST:PORT",
            converter = UpstreamOptions.Upstream.class,
            description = "The server; not the one that the capture is of: what was written is written again.")
    private @Nullable HostPort to;

    @Option(
            names = "--user",
            paramLabel = "NAME|FILE.yaml",
            description = "Whom all sessions log in as; or a file that says whom which of them."
                    + " Default: each as who it was.")
    private @Nullable String user;

    @Option(
            names = "--database",
            paramLabel = "NAME",
            description = "Which database all sessions use. Default: their own.")
    private @Nullable String database;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "Its first line is the password of whoever logs in.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--tls",
            paramLabel = "MODE",
            converter = Words.UpstreamTls.class,
            completionCandidates = Words.UpstreamTls.class,
            description = "libpq's sslmode to the server: ${COMPLETION-CANDIDATES}. Default: prefer.")
    private ServerTlsConfig.Mode tls = ServerTlsConfig.DEFAULT.mode();

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "PEM of the authorities to trust. Default: the JDK's, where the mode verifies.")
    private @Nullable Path tlsCa;

    @Option(
            names = "--connect-timeout",
            paramLabel = "SECONDS",
            description = "For a connection, and for a login (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds = 30;

    @Option(
            names = "--answer-timeout",
            paramLabel = "SECONDS",
            description = "For an answer: a session whose server owes one and says nothing for so long has failed"
                    + " (default: ${DEFAULT-VALUE}).")
    private int answerTimeoutSeconds = 600;

    boolean isGiven() {
        return to != null;
    }

    /** @throws ParameterException where there is no target, options are out of range, or a file cannot be read */
    Target target(CommandLine command) {
        if (to == null) {
            throw new ParameterException(command, "Missing required option: '--to=HOST:PORT'");
        }
        within(command, "--connect-timeout", timeoutSeconds, 3600);
        within(command, "--answer-timeout", answerTimeoutSeconds, 86_400);
        if (tlsCa != null && !Files.isReadable(tlsCa)) {
            throw new ParameterException(command, "--tls-ca: " + tlsCa + " (expected: a file that can be read)");
        }
        return new Target(
                to,
                logins(command),
                database,
                new ServerTlsConfig(tls, ServerTlsConfig.Negotiation.POSTGRES, tlsCa, null, null),
                Duration.ofSeconds(timeoutSeconds),
                Duration.ofSeconds(answerTimeoutSeconds));
    }

    private static void within(CommandLine command, String option, int value, int max) {
        if (value < 1 || value > max) {
            throw new ParameterException(command, option + ": " + value + " (expected: 1 to " + max + ")");
        }
    }

    private Logins logins(CommandLine command) {
        Password password = passwordFile == null ? null : password(command, passwordFile);
        if (user == null || !(user.endsWith(".yaml") || user.endsWith(".yml"))) {
            return new Logins(Map.of(), new Login(user, password));
        }
        if (password != null) {
            throw new ParameterException(command, "--password-file beside a file of users (expected: passwords there)");
        }
        Faults faults = new Faults(user);
        Logins logins = UserMap.read(Path.of(user), faults);
        if (!faults.found().isEmpty()) {
            faults.found().forEach(fault -> command.getErr().println("pgweir: " + fault));
            throw new ParameterException(command, "--user: " + user + " cannot be used");
        }
        return logins;
    }

    private static Password password(CommandLine command, Path file) {
        try {
            return UserMap.password(file);
        } catch (IOException fault) {
            throw new ParameterException(command, "--password-file: " + AuditText.of(fault), fault);
        }
    }
}
