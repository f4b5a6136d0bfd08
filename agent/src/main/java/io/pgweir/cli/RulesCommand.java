package io.pgweir.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Commands about rules; none of them needs a running agent. */
@Command(
        name = "rules",
        description = "Checks, tests and explains rules.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RulesCheckCommand.class,
            RulesTestCommand.class,
            RulesExplainCommand.class,
            RulesAttackCommand.class,
            RulesLearnCommand.class
        })
final class RulesCommand implements Runnable {
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
