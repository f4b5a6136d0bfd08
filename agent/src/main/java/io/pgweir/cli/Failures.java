package io.pgweir.cli;

import io.pgweir.boot.AgentStartException;
import io.pgweir.config.ConfigException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into lines on stderr and an exit code; only a fault of pgweir itself shows a stack trace. */
final class Failures {
    private Failures() {}

    @SuppressWarnings("unused") // the arguments: picocli's interface
    static int onUsage(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + oneLine(failure));
        if (failure instanceof UnmatchedArgumentException unmatched) {
            unmatched.getSuggestions().stream()
                    .findFirst()
                    .ifPresent(near -> err.println("Did you mean `" + near + "`?"));
        }
        err.println("Try `" + name + " --help`.");
        return ExitCode.USAGE;
    }

    static int onExecution(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        return switch (failure) {
            case ConfigException config -> {
                err.println(config.getMessage());
                int faults = config.faults().size();
                err.println("pgweir: " + faults + (faults == 1 ? " fault" : " faults") + " in the configuration");
                yield ExitCode.CONFIG;
            }
            case AgentStartException start -> {
                err.println("pgweir: " + oneLine(start));
                yield ExitCode.of(start.kind());
            }
            default -> {
                err.println("pgweir: a fault of pgweir itself, in `"
                        + parsed.commandSpec().qualifiedName() + "`:");
                failure.printStackTrace(err);
                yield ExitCode.SOFTWARE;
            }
        };
    }

    private static String oneLine(Exception failure) {
        return String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
