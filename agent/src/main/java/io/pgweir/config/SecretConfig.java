package io.pgweir.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a secret is, never what it is: read anew for each use, so that a change needs no restart.
 *
 * @param file that holds it, without its last line break
 * @param env name of the environment's variable that does; one of the two
 */
public record SecretConfig(@Nullable Path file, @Nullable String env) {

    /** @throws IOException where it is not to be had; the message names the place */
    public String read() throws IOException {
        if (file != null) {
            return Files.readString(file, StandardCharsets.UTF_8).stripTrailing();
        }
        String value = env == null ? null : System.getenv(env);
        if (value == null) {
            throw new IOException("environment variable " + env + " is not set");
        }
        return value;
    }
}
