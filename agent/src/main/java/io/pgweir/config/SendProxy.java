package io.pgweir.config;

/** Whether a server is told in a PROXY header where the client is. */
public enum SendProxy {
    NONE,
    V2
}
