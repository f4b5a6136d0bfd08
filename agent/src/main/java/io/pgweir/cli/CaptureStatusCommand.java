package io.pgweir.cli;

import io.pgweir.cli.AdminOptions.AdminException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at a capture of a running agent. */
@Command(
        name = "status",
        description = "Whether a running agent captures, and whether anything was left out.",
        sortOptions = false)
final class CaptureStatusCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Override
    public Integer call() {
        try {
            CaptureStatusText.print(spec.commandLine().getOut(), admin.read(admin.get("/capture")));
            return ExitCode.OK;
        } catch (AdminException failure) {
            spec.commandLine().getErr().println("pgweir: " + failure.getMessage());
            return failure.exitCode();
        }
    }
}
