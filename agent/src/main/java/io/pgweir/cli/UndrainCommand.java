package io.pgweir.cli;

import picocli.CommandLine.Command;

/** Takes a drain back. */
@Command(name = "undrain", description = "Gives a drained node sessions again.", sortOptions = false)
final class UndrainCommand extends NodeCommand {
    UndrainCommand() {
        super("undrain");
    }
}
