package io.pgweir.config;

/**
 * pgweir's own log, on stderr.
 *
 * @param access whether each session leaves a line when it ends
 */
public record LogConfig(Format format, boolean access) {
    public static final LogConfig DEFAULT = new LogConfig(Format.TEXT, false);

    public enum Format {
        /** A line for people. */
        TEXT,
        /** A JSON object a line. */
        JSON
    }
}
