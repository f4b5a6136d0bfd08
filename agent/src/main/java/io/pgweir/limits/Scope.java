package io.pgweir.limits;

/** What sessions are counted by. */
public enum Scope {
    /** All of them. */
    AGENT,
    LISTENER,
    CLUSTER,
    USER,
    DATABASE,
    CLIENT_ADDRESS
}
