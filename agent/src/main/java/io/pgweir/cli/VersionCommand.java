package io.pgweir.cli;

import io.pgweir.boot.Platform;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What is running, and on what. */
@Command(
        name = "version",
        description = "Prints the version, and what this machine offers.",
        mixinStandardHelpOptions = false)
final class VersionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        out.println("pgweir      " + version());
        out.println("java        " + System.getProperty("java.runtime.version") + ", "
                + System.getProperty("java.vm.name") + ", " + System.getProperty("java.vendor"));
        out.println("system      " + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors");
        out.println("netty       " + Platform.netty());
        out.println("transports  " + String.join(", ", Platform.transports()));
        out.println("tls         " + Platform.tls());
    }

    /** From the jar's manifest, which a run from a class path does not have. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
