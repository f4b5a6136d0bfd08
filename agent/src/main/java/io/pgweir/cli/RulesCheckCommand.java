package io.pgweir.cli;

import io.pgweir.config.ConfigException;
import io.pgweir.config.Fault;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Rule;
import io.pgweir.rules.file.RuleFiles;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads rules as {@code run} would, and tells every fault. */
@Command(name = "check", description = "Says ok, or names every fault of the files as file:line:column.")
final class RulesCheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final RuleOptions options = new RuleOptions();

    @Option(names = "--strict", description = "Warnings are faults.")
    private boolean strict;

    @Override
    public Integer call() throws ConfigException {
        RuleFiles files = options.read();
        PrintWriter err = spec.commandLine().getErr();
        if (!strict) {
            files.warnings().stream().map(Fault::toString).forEach(warning -> err.println("warning: " + warning));
        }
        files.toRuleSet(strict);
        List<Rule> rules = files.rules();
        spec.commandLine()
                .getOut()
                .println("ok: " + rules.size() + (rules.size() == 1 ? " rule" : " rules") + " (" + modes(rules) + ")");
        return ExitCode.OK;
    }

    private static String modes(List<Rule> rules) {
        return Arrays.stream(Mode.values())
                .map(mode -> rules.stream().filter(rule -> rule.mode() == mode).count() + " "
                        + mode.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
