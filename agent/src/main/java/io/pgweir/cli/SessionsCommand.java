package io.pgweir.cli;

import io.pgweir.cli.AdminOptions.AdminException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Who is connected to a running agent, and what they do. */
@Command(
        name = "sessions",
        description = "Shows the sessions of a running agent: who, where, what they do and for how long.",
        sortOptions = false)
final class SessionsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Option(names = "--json", description = "As /sessions says it.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            String answer = admin.get("/sessions");
            if (json) {
                out.println(answer.strip());
            } else {
                SessionTable.lines(admin.read(answer)).forEach(out::println);
            }
            return ExitCode.OK;
        } catch (AdminException failure) {
            spec.commandLine().getErr().println("pgweir: " + failure.getMessage());
            return failure.exitCode();
        }
    }
}
