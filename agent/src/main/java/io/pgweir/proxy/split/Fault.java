package io.pgweir.proxy.split;

/** pgweir does not know where to go on with a session; told in its place between the answers. */
public record Fault(Throwable cause) {}
