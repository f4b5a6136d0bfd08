package io.pgweir.boot;

import io.pgweir.config.AgentConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files that an agent is made from, as they looked before they were read: whoever writes to them meanwhile is seen.
 *
 * @param source null for a configuration that stays
 * @param config of {@code source}
 * @param rules of the files that the configuration names
 */
record Origins(@Nullable ConfigSource source, FileStamps config, FileStamps rules) {
    /** Of a configuration that stays. */
    static Origins of(AgentConfig config) {
        return new Origins(null, FileStamps.of(List.of()), ruleFiles(config));
    }

    static FileStamps ruleFiles(AgentConfig config) {
        return FileStamps.of(config.rules().files());
    }
}
