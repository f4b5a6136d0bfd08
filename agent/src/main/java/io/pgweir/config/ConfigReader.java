package io.pgweir.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
        String text = text(file, faults);
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
        Node root = new YamlDocument(name, faults).read(text);
        AgentConfig config = root == null ? null : new ConfigSections(directory, faults).agent(root);
        faults.throwIfAny();
        if (config == null) {
            throw new IllegalStateException("no root and no fault: " + name);
        }
        return config;
    }

    /** The file's text; empty after a fault. */
    private static String text(Path file, Faults faults) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                faults.add(0, 0, "more than " + FILE_BYTES_MAX + " bytes (expected: at most that)");
                return "";
            }
            return decode(bytes, faults);
        } catch (NoSuchFileException _) {
            faults.add(0, 0, "no such file");
        } catch (IOException e) {
            faults.add(0, 0, "cannot be read: " + e.getMessage());
        }
        return "";
    }

    private static String decode(byte[] bytes, Faults faults) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
            int column = 1 + text.codePointCount(text.lastIndexOf('\n') + 1, text.length());
            faults.add(line, column, "byte 0x%02x (expected: UTF-8)".formatted(bytes[in.position()]));
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
