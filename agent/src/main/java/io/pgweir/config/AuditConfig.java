package io.pgweir.config;

import java.nio.file.Path;
import java.util.List;

/**
 * What is recorded, and where to.
 *
 * @param queueRecords records that may wait for the writer; when full, records are dropped and an audit.gap counts them
 * @param textBytes of a statement's text kept in a record; length and SHA-256 are always of the whole
 * @param parameterBytes of one parameter value kept in a record, where values are kept at all
 * @param copySha256 whether COPY streams are hashed
 */
public record AuditConfig(
        Content parameters,
        Content text,
        int queueRecords,
        int textBytes,
        int parameterBytes,
        boolean copySha256,
        List<Sink> sinks) {
    public static final AuditConfig DEFAULT = new AuditConfig(
            Content.REDACTED,
            Content.REDACTED,
            65536,
            32 << 10,
            1 << 10,
            true,
            List.of(new Sink.Stdout(Format.NDJSON)));

    public AuditConfig {
        sinks = List.copyOf(sinks);
    }

    public enum Content {
        /** Types and lengths; literals as {@code ?}. */
        REDACTED,
        /** Values too, except for secrets. */
        FULL
    }

    /** Where records go. */
    public sealed interface Sink {
        record Stdout(Format format) implements Sink {}

        record File(Path path) implements Sink {}
    }

    public enum Format {
        NDJSON,
        PRETTY,
        /** {@link #PRETTY} on a terminal, else {@link #NDJSON}. */
        AUTO
    }
}
