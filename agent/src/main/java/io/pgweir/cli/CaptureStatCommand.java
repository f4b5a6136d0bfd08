package io.pgweir.cli;

import io.pgweir.audit.encode.JsonTree;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.Selection;
import io.pgweir.replay.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sums captures up. */
@Command(
        name = "stat",
        description = "Sums captures up: by statement (its fingerprint), by user, by database.",
        sortOptions = false)
final class CaptureStatCommand implements Callable<Integer> {
    private static final int TOP_MAX = 10_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final CaptureSources sources = new CaptureSources();

    @Option(names = "--top", paramLabel = "COUNT", defaultValue = "20", description = "Statements. Default: 20.")
    private int top = 20;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        if (top < 1 || top > TOP_MAX) {
            throw new ParameterException(spec.commandLine(), "--top: " + top + " (expected: 1 to " + TOP_MAX + ")");
        }
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        Workload workload = new Workload();
        int code = sources.each(
                err, fault -> err.println("pgweir: " + fault), (reader, progress) -> read(reader, progress, workload));
        if (json) {
            JsonTree.write(object(workload), new StandardOutput(out));
            out.println();
        } else {
            print(workload, out);
        }
        out.flush();
        return code;
    }

    private static void read(CaptureReader reader, CaptureReader.Progress progress, Workload workload)
            throws IOException {
        CaptureReader.Records records = reader.records(Selection.ALL);
        long count = 0;
        for (CaptureRecord record = records.next(); record != null; record = records.next()) {
            workload.onRecord(record);
            count++;
            progress.at(records.offset(), count);
        }
    }

    private void print(Workload workload, PrintWriter out) {
        out.println(workload.sessions() + " sessions, " + workload.frontend() + " messages of clients, "
                + workload.backend() + " of servers, " + workload.cancels() + " cancels, " + workload.leftOut()
                + " left out, " + TextTable.duration(workload.lastNanos()));
        out.println();
        List<Workload.Group> statements = workload.byStatement();
        TextTable table =
                new TextTable(6, "EXECUTED", "ERRORS", "ROWS", "TIME", "MEAN", "MAX", "FINGERPRINT", "STATEMENT");
        statements.stream().limit(top).forEach(group -> add(table, group, true));
        table.lines().forEach(out::println);
        if (statements.size() > top) {
            out.println("... and " + (statements.size() - top) + " more statements (--top)");
        }
        print("USER", workload.byUser(), out);
        print("DATABASE", workload.byDatabase(), out);
    }

    private static void print(String title, List<Workload.Group> groups, PrintWriter out) {
        TextTable table = new TextTable(6, "EXECUTED", "ERRORS", "ROWS", "TIME", "MEAN", "MAX", title);
        groups.forEach(group -> add(table, group, false));
        out.println();
        table.lines().forEach(out::println);
    }

    /** Where no answer's digest is there, nothing is known of errors, rows and time. */
    private static void add(TextTable table, Workload.Group group, boolean sample) {
        boolean known = group.answered() > 0;
        String[] cells = {
            Long.toString(group.executions()),
            known ? Long.toString(group.errors()) : "-",
            known ? Long.toString(group.rows()) : "-",
            known ? TextTable.duration(group.nanos()) : "-",
            known ? TextTable.duration(group.nanos() / group.answered()) : "-",
            known ? TextTable.duration(group.nanosMax()) : "-",
            group.name(),
            group.sample()
        };
        table.add(sample ? cells : Arrays.copyOf(cells, cells.length - 1));
    }

    private static Map<String, @Nullable Object> object(Workload workload) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("sessions", workload.sessions());
        object.put("frontend", workload.frontend());
        object.put("backend", workload.backend());
        object.put("cancels", workload.cancels());
        object.put("dropped_messages", workload.leftOut());
        object.put("last_ns", workload.lastNanos());
        object.put("statements", objects("fingerprint", workload.byStatement()));
        object.put("users", objects("user", workload.byUser()));
        object.put("databases", objects("database", workload.byDatabase()));
        return object;
    }

    private static List<Map<String, @Nullable Object>> objects(String name, List<Workload.Group> groups) {
        return groups.stream().map(group -> object(name, group)).toList();
    }

    private static Map<String, @Nullable Object> object(String name, Workload.Group group) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put(name, group.name());
        if (!group.sample().isEmpty()) {
            object.put("statement", group.sample());
        }
        object.put("executions", group.executions());
        object.put("answered", group.answered());
        object.put("errors", group.errors());
        object.put("rows", group.rows());
        object.put("total_ns", group.nanos());
        object.put("max_ns", group.nanosMax());
        return object;
    }
}
