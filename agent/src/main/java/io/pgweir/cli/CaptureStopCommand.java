package io.pgweir.cli;

import io.pgweir.cli.AdminOptions.AdminException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Ends a capture of a running agent. */
@Command(
        name = "stop",
        description = "Ends the capture of a running agent; returns when it is on disk.",
        sortOptions = false)
final class CaptureStopCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Override
    public Integer call() {
        try {
            CaptureStatusText.print(spec.commandLine().getOut(), admin.read(admin.post("/capture/stop")));
            return ExitCode.OK;
        } catch (AdminException failure) {
            spec.commandLine().getErr().println("pgweir: " + failure.getMessage());
            return failure.exitCode();
        }
    }
}
