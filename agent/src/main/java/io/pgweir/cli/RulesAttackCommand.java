package io.pgweir.cli;

import io.pgweir.config.ConfigException;
import io.pgweir.rules.attack.Attacks;
import io.pgweir.rules.attack.Attacks.Bypass;
import io.pgweir.rules.attack.Attacks.Report;
import io.pgweir.rules.file.RuleFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tries to get past rules. */
@Command(
        name = "attack",
        description = {
            "Plays statements that try to look like something else against rules.",
            "Wherever PostgreSQL gets to a relation or a function that a rule names, that key of the rule must match, or say that"
                    + " it cannot tell."
        })
final class RulesAttackCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final RuleOptions options = new RuleOptions();

    @Option(names = "--corpus", paramLabel = "FILE", description = "Other attacks than those that ship with pgweir.")
    private @Nullable Path corpus;

    @Override
    public Integer call() throws ConfigException {
        RuleFiles files = options.read();
        files.toRuleSet(false);
        Attacks attacks = corpus == null ? Attacks.shipped() : Attacks.of(corpus);
        Report report = attacks.run(files.rules());
        PrintWriter out = spec.commandLine().getOut();
        Colours colours = Colours.ofTerminal();
        for (Bypass bypass : report.bypasses()) {
            out.println(colours.red("BYPASS") + " " + bypass.attack() + ": " + bypass.touched() + ", unseen by "
                    + bypass.guard());
        }
        out.println(report.attacks() + " attacks, " + report.checks() + " checks, "
                + report.bypasses().size() + " bypasses");
        return report.bypasses().isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
    }
}
