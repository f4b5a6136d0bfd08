package io.pgweir.cli;

import io.pgweir.audit.seal.Proof;
import io.pgweir.audit.seal.Prover;
import io.pgweir.audit.seal.Prover.NoProofException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes one record out of a trail with what proves it, for somebody who must not see the others. */
@Command(
        name = "prove",
        description = "Prints a proof that one record is in the trail; `audit verify --proof` checks it.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:The proof is on stdout",
            " 1:There is none: why is on stderr",
            "66:A source is not there, or cannot be read at all"
        })
final class AuditProveCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final TrailOptions trail = new TrailOptions();

    @Option(names = "--chain", paramLabel = "UID", required = true, description = "The record's chain.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private String chain;

    @Option(names = "--seq", paramLabel = "NUMBER", required = true, description = "The record's number in it.")
    private long seq;

    @Override
    public Integer call() throws InterruptedException {
        if (!trail.isGiven()) {
            throw new ParameterException(spec.commandLine(), "a SOURCE is missing");
        }
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        try (TrailOptions.Sources sources = trail.open(spec.commandLine());
                ProgressBar bar = ProgressBar.of(err, sources.all())) {
            Proof proof = Prover.prove(sources.all(), chain, seq, bar);
            proof.write(out);
            out.println();
            return ExitCode.OK;
        } catch (NoProofException none) {
            err.println("pgweir: " + none.getMessage());
            return ExitCode.FINDINGS;
        } catch (IOException fault) {
            err.println("pgweir: " + AuditText.of(fault));
            return ExitCode.NO_INPUT;
        }
    }
}
