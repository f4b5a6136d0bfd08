package io.pgweir.boot;

import io.pgweir.config.AgentConfig;
import io.pgweir.config.ConfigException;
import java.nio.file.Path;

/** Where an agent's configuration is read from, again and again. */
public interface ConfigSource {
    /** The file that is looked at for changes. */
    Path file();

    /** Everything anew; blocks on files. */
    AgentConfig read() throws ConfigException;
}
