package io.pgweir.cli;

import io.pgweir.audit.seal.PublicSealKey;
import io.pgweir.audit.seal.SealKeyException;
import io.pgweir.audit.seal.SealKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The Ed25519 keys that checkpoints are signed and verified with. */
@Command(
        name = "keys",
        description = "Makes and shows keys that sign checkpoints.",
        synopsisSubcommandLabel = "COMMAND")
final class AuditKeysCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing (expected: new, public)");
    }

    /** Never overwrites a file. */
    @Command(name = "new", description = "Makes a key pair: one file for the agent, one for those who verify.")
    int create(
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            defaultValue = "pgweir-seal.pem",
                            description = "The private key's file. Default: ${DEFAULT-VALUE}.")
                    Path file)
            throws IOException {
        try {
            PublicSealKey key = SealKeys.create(file).publicKey();
            PrintWriter out = spec.commandLine().getOut();
            out.println("private key  " + file + "  (mode 0600: for the agent alone, audit.seal.key)");
            out.println("public key   " + SealKeys.publicFile(file) + "  (for those who verify: --public-key)");
            out.println("key id       " + key.id());
            return ExitCode.OK;
        } catch (SealKeyException fault) {
            return fail(fault, ExitCode.IO);
        }
    }

    @Command(name = "public", description = "Prints the public key of a private one, in PEM.")
    int show(@Parameters(paramLabel = "FILE", description = "The private key's file.") Path file) throws IOException {
        try {
            spec.commandLine()
                    .getOut()
                    .print(SealKeys.pem(SealKeys.readSigningKey(file).publicKey()));
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        } catch (SealKeyException fault) {
            return fail(fault, ExitCode.CONFIG);
        }
    }

    private int fail(SealKeyException fault, int code) {
        spec.commandLine().getErr().println("pgweir: " + fault.getMessage());
        return code;
    }
}
