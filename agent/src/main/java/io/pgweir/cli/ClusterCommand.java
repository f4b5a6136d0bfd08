package io.pgweir.cli;

import io.pgweir.audit.file.StdoutSink;
import io.pgweir.cli.AdminOptions.AdminException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks a running agent who is who. On a terminal again and again, until it is interrupted. */
@Command(
        name = "cluster",
        description = "Shows a running agent's clusters: nodes, roles, lag, sessions, and why a node is out."
                + " On a terminal, live.",
        sortOptions = false)
final class ClusterCommand implements Callable<Integer> {
    private static final String TOP_LEFT = "\u001b[H\u001b[J";
    private static final String CLEAR = "\u001b[2J";
    private static final long LOOK_MILLIS = 1000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Option(names = "--json", description = "One snapshot, as /clusters says it.")
    private boolean json;

    @Option(names = "--once", description = "One snapshot, on a terminal too.")
    private boolean once;

    @Option(names = "--update", description = "Have the agent look at its clusters first.")
    private boolean update;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            String answer = update ? admin.post("/update_clusters") : admin.get("/clusters");
            if (json) {
                out.println(answer.strip());
                return ExitCode.OK;
            }
            ClusterTable table = new ClusterTable(Colours.ofTerminal());
            if (once || !StdoutSink.isTerminal()) {
                table.lines(admin.read(answer)).forEach(out::println);
                return ExitCode.OK;
            }
            out.print(CLEAR);
            while (!out.checkError()) {
                List<String> lines = table.lines(admin.read(answer));
                out.print(TOP_LEFT + String.join(System.lineSeparator(), lines) + System.lineSeparator());
                out.flush();
                if (new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    break;
                }
                answer = admin.get("/clusters");
            }
            return ExitCode.OK;
        } catch (AdminException failure) {
            spec.commandLine().getErr().println("pgweir: " + failure.getMessage());
            return failure.exitCode();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return ExitCode.OK;
        }
    }
}
