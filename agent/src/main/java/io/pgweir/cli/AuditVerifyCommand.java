package io.pgweir.cli;

import io.pgweir.audit.seal.Proof;
import io.pgweir.audit.seal.PublicSealKey;
import io.pgweir.audit.seal.SealKeyException;
import io.pgweir.audit.seal.SealKeys;
import io.pgweir.audit.seal.TrailReport;
import io.pgweir.audit.seal.TrailVerifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says what is proven of a trail and names everything that is not. */
@Command(
        name = "verify",
        description = "Says what of a trail is whole, and names every hole, edit, swap and wrong signature.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:Whole",
            " 1:Not whole: what is wrong is on stdout",
            "65:There is no record in the sources",
            "66:A source is not there, or cannot be read at all",
            "78:A key file is wrong"
        })
final class AuditVerifyCommand implements Callable<Integer> {
    /** A proof is a record and some twenty hashes. */
    private static final long PROOF_BYTES_MAX = 128L << 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final TrailOptions trail = new TrailOptions();

    @Option(
            names = "--public-key",
            paramLabel = "FILE",
            description =
                    "A key that checkpoints are signed with; as often as there are keys. An unsigned checkpoint is a finding"
                            + " then, and one of another key too.")
    private List<Path> keyFiles = new ArrayList<>();

    @Option(
            names = "--require-signatures",
            description = "A chain without a checkpoint that a given key signed is a finding.")
    private boolean requireSignatures;

    @Option(names = "--any-order", description = "Records may come in any order.")
    private boolean anyOrder;

    @Option(
            names = "--partial",
            description = "Records before the first, and chains before the first, may be elsewhere.")
    private boolean partial;

    @Option(names = "--json", description = "The report as one JSON object.")
    private boolean json;

    @Option(
            names = "--proof",
            paramLabel = "FILE",
            description = "What `pgweir audit prove` made, in the place of a trail.")
    private @Nullable Path proof;

    @Override
    public Integer call() throws InterruptedException {
        if (trail.isGiven() == (proof != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    trail.isGiven() ? "--proof with a SOURCE (expected: one or the other)" : "a SOURCE is missing");
        }
        PrintWriter err = spec.commandLine().getErr();
        List<PublicSealKey> keys = new ArrayList<>();
        try {
            for (Path file : keyFiles) {
                keys.add(SealKeys.readPublicKey(file));
            }
        } catch (SealKeyException fault) {
            err.println("pgweir: " + fault.getMessage());
            return ExitCode.CONFIG;
        } catch (IOException fault) {
            err.println("pgweir: a key cannot be read: " + fault.getMessage());
            return ExitCode.CONFIG;
        }
        return proof == null ? verify(keys) : verifyProof(proof, keys);
    }

    private int verify(List<PublicSealKey> keys) throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        TrailReport report;
        try (TrailOptions.Sources sources = trail.open(spec.commandLine());
                ProgressBar bar = ProgressBar.of(err, sources.all())) {
            TrailVerifier.Options options = new TrailVerifier.Options(anyOrder, requireSignatures, partial);
            report = new TrailVerifier(keys, options).verify(sources.all(), bar);
        } catch (IOException fault) {
            err.println("pgweir: " + AuditText.of(fault));
            return ExitCode.NO_INPUT;
        }
        TrailText text = new TrailText(report, out);
        if (json) {
            text.printJson();
        } else {
            text.print();
        }
        if (report.records() == 0) {
            err.println("pgweir: there is no record to verify");
            return ExitCode.DATA;
        }
        return report.isWhole() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private int verifyProof(Path file, List<PublicSealKey> keys) {
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        Proof read;
        try {
            if (Files.size(file) > PROOF_BYTES_MAX) {
                err.println("pgweir: " + file + ": " + Files.size(file) + " bytes (expected: a proof)");
                return ExitCode.DATA;
            }
            byte[] bytes = Files.readAllBytes(file);
            try {
                read = Proof.read(bytes);
            } catch (IOException garbage) {
                err.println("pgweir: " + file + ": " + garbage.getMessage());
                return ExitCode.DATA;
            }
        } catch (IOException fault) {
            err.println("pgweir: " + AuditText.of(fault));
            return ExitCode.NO_INPUT;
        }
        Proof.Verdict verdict = read.verify(keys);
        out.println(read.record());
        verdict.faults().forEach(fault -> out.println("finding: " + fault));
        String place = "record " + (read.checkpoint().first() + read.leaf().index()) + " of chain " + read.chain();
        if (!verdict.faults().isEmpty()) {
            out.println("NOT proven: " + place);
            return ExitCode.FINDINGS;
        }
        String signed = verdict.signedBy() == null
                ? "; who signed the checkpoint is not checked: no --public-key was given"
                : ", signed with key " + verdict.signedBy();
        out.println("proven: " + place + " is under the checkpoint over "
                + read.checkpoint().first() + ".." + read.checkpoint().last() + signed);
        return verdict.signedBy() == null && requireSignatures ? ExitCode.FINDINGS : ExitCode.OK;
    }
}
