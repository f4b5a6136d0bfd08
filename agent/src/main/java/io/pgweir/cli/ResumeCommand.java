package io.pgweir.cli;

import io.pgweir.cli.AdminOptions.AdminException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ends a pause. */
@Command(name = "resume", description = "Sessions that `pgweir pause` has wait go on.", sortOptions = false)
final class ResumeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Parameters(index = "0", paramLabel = "LISTENER", description = "A listener of the agent, or a cluster.")
    private String listener = "";

    @Override
    public Integer call() {
        try {
            JsonView answer = admin.read(admin.post("/clusters/" + AdminOptions.step(listener) + "/resume"));
            spec.commandLine().getOut().println("cluster " + answer.text("cluster") + " goes on");
            return ExitCode.OK;
        } catch (AdminException failure) {
            spec.commandLine().getErr().println("pgweir: " + failure.getMessage());
            return failure.exitCode();
        }
    }
}
