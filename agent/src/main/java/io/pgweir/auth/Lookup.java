package io.pgweir.auth;

/** What a source answers when it is asked for a role. */
public sealed interface Lookup {
    record Found(KnownRole role) implements Lookup {}

    record Absent() implements Lookup {}

    /**
     * The source itself fails.
     *
     * @param reason for a log; it may name hosts and files, never a secret
     */
    record Unavailable(String reason) implements Lookup {}
}
