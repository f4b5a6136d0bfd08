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
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** The first steps of reading any of pgweir's YAML files: bytes in UTF-8, a bound, a tree, its root. */
public final class YamlFile {
    private YamlFile() {}

    /**
     * The document's root, or null after a fault.
     *
     * @param charsMax of the text, at most
     * @param needed what a document must have, for one that is empty
     */
    public static @Nullable Section root(String name, String text, int charsMax, String needed, Faults faults) {
        faults.source(text);
        Node root = new YamlDocument(name, charsMax, needed, faults).read(text);
        return root == null ? null : Section.of(root, "", Path.of(""), faults);
    }

    /** The file's text; empty after a fault. */
    public static String text(Path file, int bytesMax, Faults faults) {
        try (InputStream in = Files.newInputStream(file)) {
            return text(in, bytesMax, faults);
        } catch (NoSuchFileException _) {
            faults.add(0, 0, "no such file");
        } catch (IOException e) {
            faults.add(0, 0, "cannot be read: " + e.getMessage());
        }
        return "";
    }

    /** As the other; closes nothing. */
    public static String text(InputStream in, int bytesMax, Faults faults) throws IOException {
        byte[] bytes = in.readNBytes(bytesMax + 1);
        if (bytes.length > bytesMax) {
            faults.add(0, 0, "more than " + bytesMax + " bytes (expected: at most that)");
            return "";
        }
        return decode(bytes, faults);
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
