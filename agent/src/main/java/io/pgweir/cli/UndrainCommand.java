package io.pgweir.cli;

import io.pgweir.cli.AdminOptions.AdminException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a drain back. */
@Command(name = "undrain", description = "Gives a drained node sessions again.", sortOptions = false)
final class UndrainCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Parameters(index = "0", paramLabel = "LISTENER", description = "A listener of the agent, or a cluster.")
    private String listener = "";

    @Parameters(index = "1", paramLabel = "NODE", description = "As `pgweir cluster` names it.")
    private String node = "";

    @Override
    public Integer call() {
        try {
            JsonView answer = admin.read(admin.post(
                    "/clusters/" + AdminOptions.step(listener) + "/nodes/" + AdminOptions.step(node) + "/undrain"));
            spec.commandLine()
                    .getOut()
                    .println("node " + answer.text("node") + " of cluster "
                            + answer.text("cluster") + " is undrained, "
                            + answer.text("sessions") + " sessions");
            return ExitCode.OK;
        } catch (AdminException failure) {
            spec.commandLine().getErr().println("pgweir: " + failure.getMessage());
            return failure.exitCode();
        }
    }
}
