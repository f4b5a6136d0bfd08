package io.pgweir.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where sessions are recorded, message by message, and which.
 *
 * @param dir of the files
 * @param enabled whether a capture begins with the agent; else one begins when it is asked for
 * @param frontendOnly whether of answers only what became of each request is kept
 * @param redact whether other values stand for those that were sent, and rows are left out
 * @param keyFile of the key that files are encrypted with; null for files that are not
 * @param fileBytes a file that has so many is followed by the next
 * @param dirBytes where all captures of the directory have so many, the one that runs ends; {@link #UNLIMITED} for no limit
 * @param queueBytes what may wait for the disk; what is more is left out, and told
 * @param syncInterval what a crash loses at most
 */
public record CaptureConfig(
        Path dir,
        boolean enabled,
        boolean frontendOnly,
        boolean redact,
        @Nullable Path keyFile,
        long fileBytes,
        long dirBytes,
        int queueBytes,
        Duration syncInterval,
        Sessions sessions) {
    public static final long FILE_BYTES = 256L << 20;
    public static final long UNLIMITED = Long.MAX_VALUE;
    public static final int QUEUE_BYTES = 16 << 20;
    public static final Duration SYNC_INTERVAL = Duration.ofSeconds(1);

    /**
     * Which sessions.
     *
     * @param users names; empty for all
     * @param databases names; empty for all
     * @param sample one of so many, by chance
     */
    public record Sessions(List<String> users, List<String> databases, int sample) {
        public static final Sessions ALL = new Sessions(List.of(), List.of(), 1);

        public static final int SAMPLE_MAX = 1_000_000;

        public Sessions {
            users = List.copyOf(users);
            databases = List.copyOf(databases);
        }

        public boolean wants(String user, String database) {
            return (users.isEmpty() || users.contains(user)) && (databases.isEmpty() || databases.contains(database));
        }
    }

    /** All sessions of an agent, from its start. */
    public static CaptureConfig into(Path dir) {
        return new CaptureConfig(
                dir, true, false, false, null, FILE_BYTES, UNLIMITED, QUEUE_BYTES, SYNC_INTERVAL, Sessions.ALL);
    }

    /** The same, with other values in it. */
    public CaptureConfig redacted() {
        return new CaptureConfig(
                dir, enabled, frontendOnly, true, keyFile, fileBytes, dirBytes, queueBytes, syncInterval, sessions);
    }
}
