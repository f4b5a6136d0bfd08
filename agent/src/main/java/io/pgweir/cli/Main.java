package io.pgweir.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.OptionSpec;

/** The {@code pgweir} command: {@code main} parses, a command object calls, and the process ends with a sysexits code. */
@Command(
        name = "pgweir",
        description = "A transparent PostgreSQL sidecar: every byte passes, every execution leaves a record.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nFrom a source checkout:%n",
        footer = "  demo  Real PostgreSQL servers, pgweir in front, a workload, and its records as they come.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:Done, or stopped by a signal after all records were written",
            " 1:What audit verify or prove looked at is not whole; a rule's test failed, an attack came through",
            "64:The command line is wrong",
            "65:Some of what was to be read is no record, or nothing is",
            "66:What was to be read is not there; a node or a listener that nobody knows",
            "69:An address is taken, a transport cannot be had, or an agent does not answer",
            "70:A fault of pgweir itself; the trace is on stderr",
            "74:An audit sink cannot be opened, a file cannot be read or written",
            "78:The configuration is wrong; every fault is on stderr, as file:line:column"
        })
public final class Main implements Runnable {
    private static final List<Class<?>> COMMANDS = List.of(
            RunCommand.class,
            ConfigCommand.class,
            AuditCommand.class,
            CaptureCommand.class,
            ReplayCommand.class,
            RulesCommand.class,
            ClusterCommand.class,
            SessionsCommand.class,
            DrainCommand.class,
            UndrainCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            VersionCommand.class);

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] args) {
        System.exit(execute(
                // JSON is UTF-8 whatever the locale.
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, System.err.charset()),
                args));
    }

    static int execute(PrintWriter out, PrintWriter err, String... args) {
        CommandLine command = new CommandLine(new Main());
        addCommands(command, args.length == 0 ? "" : args[0]);
        addHelp(command);
        return command.setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(Failures::onUsage)
                .setExecutionExceptionHandler(Failures::onExecution)
                .execute(args);
    }

    /** The one that is called; all where none is, or one that has to know all: reading their annotations takes a third of a second. */
    private static void addCommands(CommandLine root, String called) {
        for (Class<?> command : COMMANDS) {
            if (command.getAnnotation(Command.class).name().equals(called)) {
                root.addSubcommand(command);
                return;
            }
        }
        COMMANDS.forEach(root::addSubcommand);
        root.addSubcommand(GenerateCompletion.class);
        root.addSubcommand(HelpCommand.class);
    }

    /** Of each command, whatever else it requires. */
    private static void addHelp(CommandLine command) {
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec()
                    .addOption(OptionSpec.builder("--help")
                            .usageHelp(true)
                            .description("Shows this.")
                            .build());
        }
        command.getSubcommands().values().forEach(Main::addHelp);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }
}
