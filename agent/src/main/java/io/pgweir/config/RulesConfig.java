package io.pgweir.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rules are in force.
 *
 * @param files rule files
 * @param packs of those that ship with pgweir, by name
 * @param strict whether what is only doubtful in them, as a rule without tests, is a fault
 * @param maskKey of hashes in the place of values; null for a key that lives as long as the process
 */
public record RulesConfig(
        List<Path> files,
        List<String> packs,
        boolean strict,
        @Nullable Path maskKey) {
    public static final RulesConfig DEFAULT = new RulesConfig(List.of(), List.of(), false, null);

    public RulesConfig {
        files = List.copyOf(files);
        packs = List.copyOf(packs);
    }
}
