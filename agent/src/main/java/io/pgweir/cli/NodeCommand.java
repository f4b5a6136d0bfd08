package io.pgweir.cli;

import io.pgweir.cli.AdminOptions.AdminException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has a running agent do something with a node of a cluster. */
abstract class NodeCommand implements Callable<Integer> {
    private final String verb;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Parameters(index = "0", paramLabel = "LISTENER", description = "A listener of the agent, or a cluster.")
    private String listener = "";

    @Parameters(index = "1", paramLabel = "NODE", description = "As `pgweir cluster` names it.")
    private String node = "";

    /** @param verb as the admin side calls it */
    NodeCommand(String verb) {
        this.verb = verb;
    }

    @Override
    public Integer call() {
        try {
            JsonView answer = admin.read(admin.post(
                    "/clusters/" + AdminOptions.step(listener) + "/nodes/" + AdminOptions.step(node) + "/" + verb));
            spec.commandLine()
                    .getOut()
                    .println("node " + answer.text("node") + " of cluster " + answer.text("cluster") + " is " + verb
                            + "ed, " + answer.text("sessions") + " sessions");
            return ExitCode.OK;
        } catch (AdminException failure) {
            spec.commandLine().getErr().println("pgweir: " + failure.getMessage());
            return failure.exitCode();
        }
    }
}
