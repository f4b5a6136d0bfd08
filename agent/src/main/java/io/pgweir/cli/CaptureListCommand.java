package io.pgweir.cli;

import io.pgweir.audit.encode.JsonTree;
import io.pgweir.capture.CaptureFault;
import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureIndex;
import io.pgweir.capture.CaptureReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What files there are, and what each holds. */
@Command(
        name = "ls",
        description = "Lists captures: when, how long, how many sessions and messages, and whether they are whole.",
        sortOptions = false)
final class CaptureListCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final CaptureSources sources = new CaptureSources();

    @Option(names = "--sessions", description = "The sessions of each file too.")
    private boolean sessions;

    @Option(names = "--json", description = "One JSON object a file, its sessions included.")
    private boolean json;

    private final TextTable files =
            new TextTable(6, "SESSIONS", "MESSAGES", "LEFT OUT", "LENGTH", "SIZE", "PLAIN", "STARTED", "FILE", "STATE");
    private final TextTable sessionTable = new TextTable(
            6,
            "SESSION",
            "CLIENT",
            "SERVER",
            "BYTES",
            "LEFT OUT",
            "FOR",
            "USER@DATABASE",
            "APPLICATION",
            "FROM",
            "END");
    private final List<CaptureFault> faults = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        try (OutputStream stream = new StandardOutput(out)) {
            int code = sources.each(err, faults::add, (reader, progress) -> list(reader, progress, stream));
            if (!json) {
                files.lines().forEach(out::println);
                if (sessions) {
                    out.println();
                    sessionTable.lines().forEach(out::println);
                }
            }
            faults.stream()
                    .filter(fault -> fault.kind() != CaptureFault.Kind.UNCLOSED)
                    .forEach(fault -> err.println("pgweir: " + fault));
            return code;
        }
    }

    private void list(CaptureReader reader, CaptureReader.Progress progress, OutputStream stream) throws IOException {
        int before = faults.size();
        CaptureIndex index = reader.index(progress);
        String state = faults.size() == before
                ? "closed"
                : faults.getLast().kind() == CaptureFault.Kind.UNCLOSED ? "not closed" : "damaged";
        CaptureHeader header = reader.header();
        if (json) {
            JsonTree.write(object(reader, index, state), stream);
            stream.write("\n".getBytes(StandardCharsets.US_ASCII));
            stream.flush();
            return;
        }
        files.add(
                Long.toString(index.sessions().size()),
                Long.toString(messages(index)),
                Long.toString(index.droppedMessages()),
                TextTable.duration(index.lastNanos() - index.firstNanos()),
                TextTable.size(reader.size()),
                TextTable.size(index.blocks().stream()
                        .mapToLong(CaptureIndex.Block::plain)
                        .sum()),
                header.started().toString().substring(0, 19),
                reader.file().toString(),
                state + (header.keyId().isEmpty() ? "" : ", encrypted"));
        for (CaptureIndex.Session session : index.sessions()) {
            sessionTable.add(
                    Long.toString(session.open().session()),
                    Long.toString(session.frontend()),
                    Long.toString(session.backend()),
                    TextTable.size(session.bytes()),
                    Long.toString(session.dropped()),
                    TextTable.duration(session.lastNanos() - session.open().nanos()),
                    session.open().user() + "@" + session.open().database(),
                    session.open().application(),
                    session.open().client().address(),
                    session.cause().isEmpty() ? "open" : session.cause());
        }
    }

    private static long messages(CaptureIndex index) {
        return index.sessions().stream()
                .mapToLong(session -> session.frontend() + session.backend())
                .sum();
    }

    private static Map<String, @Nullable Object> object(CaptureReader reader, CaptureIndex index, String state) {
        CaptureHeader header = reader.header();
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("path", reader.file().toString());
        object.put("capture", header.capture().toString());
        object.put("file", header.file());
        object.put("started", header.started().toString());
        object.put("state", state);
        object.put("encrypted", !header.keyId().isEmpty());
        object.put("bytes", reader.size());
        object.put("records", index.records());
        object.put("messages", messages(index));
        object.put("dropped_messages", index.droppedMessages());
        object.put("dropped_bytes", index.droppedBytes());
        object.put("first_ns", index.firstNanos());
        object.put("last_ns", index.lastNanos());
        object.put(
                "sessions",
                index.sessions().stream().map(CaptureListCommand::object).toList());
        return object;
    }

    private static Map<String, @Nullable Object> object(CaptureIndex.Session session) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>(CaptureJson.of(session.open()));
        object.put("last_ns", session.lastNanos());
        object.put("frontend", session.frontend());
        object.put("backend", session.backend());
        object.put("bytes", session.bytes());
        object.put("dropped_messages", session.dropped());
        object.put("cause", session.cause());
        return object;
    }
}
