package io.pgweir.cli;

import picocli.CommandLine.Command;

/** Empties a node of a running agent's cluster. */
@Command(
        name = "drain",
        description = "Empties a node: no new sessions, and those it has end after their transaction.",
        sortOptions = false)
final class DrainCommand extends NodeCommand {
    DrainCommand() {
        super("drain");
    }
}
