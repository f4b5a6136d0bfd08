package io.pgweir.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Commands about captures; none of them needs a running agent. */
@Command(
        name = "capture",
        description = "Lists, shows, sums up, verifies and exports captures.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CaptureListCommand.class,
            CaptureShowCommand.class,
            CaptureStatCommand.class,
            CaptureVerifyCommand.class,
            CaptureExportCommand.class
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
