package io.pgweir.config;

import java.nio.file.Path;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The strict reader: a file is right in every point, or a {@link ConfigException} lists all its faults (docs/adr/0003).
 */
public final class ConfigReader {
    static final int FILE_BYTES_MAX = 1 << 20;

    private ConfigReader() {}

    /** Relative paths in the file start from its directory. */
    public static AgentConfig read(Path file) throws ConfigException {
        Faults faults = new Faults(file.toString());
        String text = YamlFile.text(file, FILE_BYTES_MAX, faults);
        faults.throwIfAny();
        Path parent = file.toAbsolutePath().getParent();
        return read(file.toString(), text, parent == null ? Path.of("/") : parent, faults);
    }

    /**
     * @param name of the text in faults; relative paths start from the working directory
     */
    public static AgentConfig read(String name, String text) throws ConfigException {
        return read(name, text, Path.of("").toAbsolutePath(), new Faults(name));
    }

    private static AgentConfig read(String name, String text, Path directory, Faults faults) throws ConfigException {
        Node root = new YamlDocument(name, FILE_BYTES_MAX, "`clusters` and `listeners`", faults).read(text);
        AgentConfig config = root == null ? null : new ConfigSections(directory, faults).agent(root);
        faults.throwIfAny();
        if (config == null) {
            throw new IllegalStateException("no root and no fault: " + name);
        }
        return config;
    }
}
