package io.pgweir.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Commands about captures; but for start, stop and status, none needs a running agent. */
@Command(
        name = "capture",
        description =
                "Lists, shows, sums up, verifies, exports and imports captures; begins and ends those of a running agent.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CaptureListCommand.class,
            CaptureShowCommand.class,
            CaptureStatCommand.class,
            CaptureVerifyCommand.class,
            CaptureExportCommand.class,
            CaptureImportCommand.class,
            CaptureStartCommand.class,
            CaptureStopCommand.class,
            CaptureStatusCommand.class
        })
final class CaptureCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing (expected: "
                        + String.join(", ", spec.subcommands().keySet()) + ")");
    }
}
