package io.pgweir.config;

/**
 * What the server is told of a client's application_name.
 *
 * @param suffix behind the client's own; {@value #SESSION} becomes the session's id
 */
public record ApplicationNameConfig(String suffix) {
    public static final String SESSION = "{session}";

    /** As PostgreSQL cuts names: NAMEDATALEN - 1. */
    public static final int BYTES_MAX = 63;

    /** Of an id as records have it. */
    static final int SESSION_BYTES = 36;

    int bytesMax() {
        return suffix.replace(SESSION, "x".repeat(SESSION_BYTES)).length();
    }
}
