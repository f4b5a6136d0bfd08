package io.pgweir.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Commands about the trail. */
@Command(
        name = "audit",
        description = "Verifies, proves and reads the audit trail: spool, file or Kafka topic.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            AuditVerifyCommand.class,
            AuditProveCommand.class,
            AuditTailCommand.class,
            AuditExportCommand.class,
            AuditKeysCommand.class
        })
final class AuditCommand implements Runnable {
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
