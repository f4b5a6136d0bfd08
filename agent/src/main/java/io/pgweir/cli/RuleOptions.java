package io.pgweir.cli;

import io.pgweir.rules.file.Packs;
import io.pgweir.rules.file.RuleFiles;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which rules a command is about. */
final class RuleOptions {
    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "Rule files. Without any, and without --pack, all packs that ship with pgweir.")
    private final List<Path> files = new ArrayList<>();

    @Option(
            names = "--pack",
            paramLabel = "NAME",
            completionCandidates = PackNames.class,
            description = "Rules that ship with pgweir: ${COMPLETION-CANDIDATES}.")
    private final List<String> packs = new ArrayList<>();

    /** For picocli. */
    static final class PackNames extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        PackNames() {
            super(Packs.NAMES);
        }
    }

    RuleFiles read() {
        return RuleFiles.read(files, files.isEmpty() && packs.isEmpty() ? Packs.NAMES : packs, InstantSource.system());
    }
}
