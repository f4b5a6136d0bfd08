package io.pgweir.auth;

import org.jspecify.annotations.Nullable;

/**
 * What a source tells of a role that it knows.
 *
 * @param secret null for a role without password
 */
public record KnownRole(String name, @Nullable RoleSecret secret) {}
