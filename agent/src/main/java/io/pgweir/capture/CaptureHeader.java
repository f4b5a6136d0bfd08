package io.pgweir.capture;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What every file of a capture begins with; {@code schemas/capture-header.v1.json} is its form.
 *
 * @param agent who wrote it
 * @param capture the same in all files of one capture
 * @param file number within the capture, from 0
 * @param started wall clock at the capture's offset 0, to the nanosecond
 * @param keyId of the key that its blocks are encrypted with; empty where they are not
 * @param pgweir version of the program
 */
public record CaptureHeader(
        String agent,
        UUID capture,
        int file,
        Instant started,
        List<Server> servers,
        Options options,
        String keyId,
        String pgweir) {
    private static final DateTimeFormatter FILE_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

    public CaptureHeader {
        servers = List.copyOf(servers);
    }

    /**
     * @param address of the cluster's nodes, one each
     * @param version as server_version says; empty where nobody knows
     */
    public record Server(String cluster, String address, String version) {}

    /**
     * What was to be kept.
     *
     * @param frontendOnly answers are kept as digests, not as messages
     * @param redaction {@code none}, or the name of what was hidden: {@link Disguise#NAME}
     * @param filters which sessions and statements, as {@code user: [alice, bob]}
     */
    public record Options(boolean frontendOnly, String redaction, SortedMap<String, List<String>> filters) {
        public static final Options ALL = new Options(false, "none", new TreeMap<>());

        public Options {
            TreeMap<String, List<String>> copy = new TreeMap<>();
            filters.forEach((name, values) -> copy.put(name, List.copyOf(values)));
            filters = copy;
        }

        /** Whether it holds other values than were sent. */
        public boolean isRedacted() {
            return redaction.equals(Disguise.NAME);
        }

        public Options(boolean frontendOnly, String redaction, Map<String, List<String>> filters) {
            this(frontendOnly, redaction, new TreeMap<>(filters));
        }
    }

    /** Sorts by time, then by file. */
    public String fileName() {
        String time = FILE_TIME.format(started);
        return String.format(
                Locale.ROOT, "%s-%s-%04d.pgcap", time, capture.toString().substring(0, 8), file);
    }

    CaptureHeader ofFile(int number) {
        return new CaptureHeader(agent, capture, number, started, servers, options, keyId, pgweir);
    }

    CaptureHeader withKeyId(String id) {
        return new CaptureHeader(agent, capture, file, started, servers, options, id, pgweir);
    }
}
