package io.pgweir.proxy.split;

/**
 * Noted where a client is not let in though its certificate stands for its role: the leader wants what pgweir does not have.
 *
 * @param reason for people other than the client
 */
public record Unproved(String reason) {}
