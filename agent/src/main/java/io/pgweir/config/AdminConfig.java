package io.pgweir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP side.
 *
 * @param listen a loopback address, or any with a token
 * @param tokenFile a file that holds the bearer token and nothing else; null for none
 */
public record AdminConfig(HostPort listen, @Nullable Path tokenFile) {}
