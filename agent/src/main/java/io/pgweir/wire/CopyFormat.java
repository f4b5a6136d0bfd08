package io.pgweir.wire;

/** The overall format that a COPY response names. csv is text on the wire: only the statement tells them apart. */
public enum CopyFormat {
    TEXT,
    BINARY
}
