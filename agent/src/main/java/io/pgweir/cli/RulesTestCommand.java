package io.pgweir.cli;

import io.pgweir.config.ConfigException;
import io.pgweir.rules.file.RuleFiles;
import io.pgweir.rules.file.RuleTests;
import io.pgweir.rules.file.RuleTests.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the tests that rule files carry. */
@Command(name = "test", description = "Runs each rule's own tests, as if it were enforced.")
final class RulesTestCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final RuleOptions options = new RuleOptions();

    @Option(names = "--junit", paramLabel = "FILE", description = "Writes the outcome as JUnit XML, too.")
    private @Nullable Path junit;

    @Override
    public Integer call() throws ConfigException {
        RuleFiles files = options.read();
        files.toRuleSet(false);
        List<Outcome> outcomes = RuleTests.run(files);
        PrintWriter out = spec.commandLine().getOut();
        Colours colours = Colours.ofTerminal();
        for (Outcome outcome : outcomes) {
            if (outcome.failure() != null) {
                out.println(colours.red("FAILED") + " " + outcome.file() + ":" + outcome.line() + ": " + outcome.rule()
                        + ", test " + outcome.number() + ": " + outcome.failure());
            }
        }
        long failed = outcomes.stream().filter(one -> one.failure() != null).count();
        out.println(outcomes.size() + " tests, " + failed + " failed");
        return write(outcomes) ? (failed == 0 ? ExitCode.OK : ExitCode.FINDINGS) : ExitCode.IO;
    }

    private boolean write(List<Outcome> outcomes) {
        Path file = junit;
        if (file == null) {
            return true;
        }
        try {
            Files.writeString(file, JunitXml.of(outcomes));
            return true;
        } catch (IOException e) {
            spec.commandLine().getErr().println("pgweir: " + file + " cannot be written: " + e.getMessage());
            return false;
        }
    }
}
