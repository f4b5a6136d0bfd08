package io.pgweir.rules;

/** By what a throttle or a budget counts; several together make one key. Each rule counts for itself. */
public enum Key {
    USER,
    DATABASE,
    APPLICATION,
    /** The client's address. */
    CLIENT,
    SESSION,
    FINGERPRINT
}
