package io.pgweir.cli;

import io.pgweir.cli.AdminOptions.AdminException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has the split sessions of a running agent's cluster wait, and waits until all of them do. */
@Command(
        name = "pause",
        description =
                "Before a planned switchover: sessions of split listeners finish their transactions and begin nothing"
                        + " until `pgweir resume`. Returns when nothing is under way.",
        sortOptions = false)
final class PauseCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 200;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Parameters(index = "0", paramLabel = "LISTENER", description = "A listener of the agent, or a cluster.")
    private String listener = "";

    @Option(
            names = "--max-seconds",
            paramLabel = "N",
            description = "They go on by themselves after this long, 1 to 3600 (default: ${DEFAULT-VALUE}).")
    private int maxSeconds = 60;

    @Option(
            names = "--wait-seconds",
            paramLabel = "N",
            description =
                    "Give up, and have them go on, when something is still under way then (default: ${DEFAULT-VALUE}).")
    private int waitSeconds = 30;

    @Override
    public Integer call() {
        String path = "/clusters/" + AdminOptions.step(listener);
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
        try {
            JsonView answer = admin.read(admin.post(path + "/pause?max-seconds=" + maxSeconds));
            while (answer.number("busy") > 0 && System.nanoTime() - limit < 0) {
                if (new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    break;
                }
                answer = admin.read(admin.post(path + "/pause?max-seconds=" + maxSeconds));
            }
            if (answer.number("busy") == 0) {
                spec.commandLine()
                        .getOut()
                        .println("cluster " + answer.text("cluster") + " is paused, nothing is under way");
                return ExitCode.OK;
            }
            admin.post(path + "/resume");
            throw new AdminException(
                    ExitCode.UNAVAILABLE,
                    "cluster " + answer.text("cluster") + " goes on: " + answer.text("busy")
                            + " sessions were still busy after " + waitSeconds + " s");
        } catch (AdminException failure) {
            spec.commandLine().getErr().println("pgweir: " + failure.getMessage());
            return failure.exitCode();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return ExitCode.UNAVAILABLE;
        }
    }
}
