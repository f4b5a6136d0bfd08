package io.pgweir.cli;

import io.pgweir.config.AgentConfig;
import io.pgweir.config.ConfigException;
import io.pgweir.config.ConfigReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands about the configuration file. */
@Command(name = "config", description = "Checks a configuration file.", synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing (expected: check)");
    }

    /** Reads the file as {@code run} would, starts nothing, and tells every fault. */
    @Command(name = "check", description = "Says ok, or names every fault of the file as file:line:column.")
    int check(@Parameters(paramLabel = "FILE", description = "The configuration file.") Path file)
            throws ConfigException {
        AgentConfig config = ConfigReader.read(file);
        PrintWriter out = spec.commandLine().getOut();
        out.println("ok: " + file);
        config.listeners()
                .forEach(listener -> out.println("  listener " + listener.name() + ": " + listener.listen()
                        + ", cluster " + listener.cluster()));
        config.clusters().forEach((name, cluster) -> out.println("  cluster " + name + ": " + cluster.nodes()));
        return ExitCode.OK;
    }
}
