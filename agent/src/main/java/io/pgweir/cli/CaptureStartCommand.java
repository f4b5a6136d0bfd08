package io.pgweir.cli;

import io.pgweir.cli.AdminOptions.AdminException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Begins a capture of a running agent. */
@Command(
        name = "start",
        description =
                "Has a running agent capture its sessions, those that are open too, into the directory of its configuration.",
        sortOptions = false)
final class CaptureStartCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Option(names = "--user", paramLabel = "NAME", description = "Whose sessions; as often as there are users.")
    private List<String> users = List.of();

    @Option(names = "--database", paramLabel = "NAME", description = "Of which databases; as often as there are.")
    private List<String> databases = List.of();

    @Option(names = "--sample", paramLabel = "N", description = "One session of so many, by chance.")
    private @Nullable Integer sample;

    @Option(names = "--frontend-only", description = "Of answers, only what became of each request.")
    private boolean frontendOnly;

    @Option(names = "--redact", description = "Other values stand for literals, parameters and COPY data; no rows.")
    private boolean redact;

    @Override
    public Integer call() {
        try {
            CaptureStatusText.print(spec.commandLine().getOut(), admin.read(admin.post(path())));
            return ExitCode.OK;
        } catch (AdminException failure) {
            spec.commandLine().getErr().println("pgweir: " + failure.getMessage());
            return failure.exitCode();
        }
    }

    /** What is not said is as configured. */
    private String path() {
        List<String> asked = new ArrayList<>();
        if (!users.isEmpty()) {
            asked.add("user=" + AdminOptions.step(String.join(",", users)));
        }
        if (!databases.isEmpty()) {
            asked.add("database=" + AdminOptions.step(String.join(",", databases)));
        }
        if (sample != null) {
            asked.add("sample=" + sample);
        }
        if (frontendOnly) {
            asked.add("frontend-only=true");
        }
        if (redact) {
            asked.add("redact=true");
        }
        return "/capture/start" + (asked.isEmpty() ? "" : "?" + String.join("&", asked));
    }
}
