package io.pgweir.limits;

/**
 * A limit that has no room.
 *
 * @param name of the user, database and so on; empty for the agent
 */
public record Full(Scope scope, String name, int max) {}
