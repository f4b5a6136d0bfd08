package io.pgweir.audit.encode;

import io.pgweir.audit.AuditRecord;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Pieces of records as JSON, for places that have nothing but text:
 *
 * <pre>
 * {"chunk":{"id":..,"chain":..,"seq":..,"index":0,"count":4,"sha256":..},"text":".."}
 * </pre>
 *
 * All texts joined, in UTF-8, are the record.
 */
public final class ChunkText {
    /** How every piece begins, and no record. */
    private static final byte[] BEGIN = "{\"chunk\":{".getBytes(StandardCharsets.US_ASCII);

    /** All but id, chain and text: names, digest, three numbers. */
    private static final int FRAME_BYTES = 256;

    /** One character becomes no more than this: {@code \}{@code u001f}. */
    private static final int ESCAPED_BYTES_MAX = 6;

    private static final JsonFactory FACTORY = new JsonFactory();

    private ChunkText() {}

    /**
     * {@code words} of {@code head}'s record in pieces.
     *
     * @param bytesMax of a piece in UTF-8; at least {@link Fitter#BYTES_MIN}
     */
    public static List<String> pieces(AuditRecord.Head head, byte[] words, int bytesMax) {
        String text = new String(words, StandardCharsets.UTF_8);
        String sha256 = Digests.sha256(text.getBytes(StandardCharsets.UTF_8));
        String id = Cut.head(head.id(), FRAME_BYTES);
        String chain = Cut.head(head.chain(), FRAME_BYTES);
        // Six: all that is cut off above is ASCII but for garbage, which may need escapes.
        int room = bytesMax - FRAME_BYTES - ESCAPED_BYTES_MAX * (id.length() + chain.length());
        List<Integer> ends = ends(text, room);
        List<String> pieces = new ArrayList<>(ends.size());
        int from = 0;
        for (int index = 0; index < ends.size(); index++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (JsonGenerator to = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
                to.writeStartObject();
                to.writeName("chunk");
                to.writeStartObject();
                to.writeStringProperty("id", JsonText.mended(id));
                to.writeStringProperty("chain", JsonText.mended(chain));
                to.writeNumberProperty("seq", head.seq());
                to.writeNumberProperty("index", index);
                to.writeNumberProperty("count", ends.size());
                to.writeStringProperty("sha256", sha256);
                to.writeEndObject();
                to.writeStringProperty("text", text.substring(from, ends.get(index)));
                to.writeEndObject();
            }
            pieces.add(bytes.toString(StandardCharsets.UTF_8));
            from = ends.get(index);
        }
        return pieces;
    }

    /** The piece that {@code json} is; null where it is none. */
    public static @Nullable Chunk read(byte[] json) {
        if (!begins(json)) {
            return null;
        }
        String id = "";
        String sha256 = "";
        String text = "";
        int index = -1;
        int count = 0;
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token != JsonToken.PROPERTY_NAME) {
                    continue;
                }
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "id" -> id = parser.getString();
                    case "sha256" -> sha256 = parser.getString();
                    case "text" -> text = parser.getString();
                    case "index" -> index = parser.getIntValue();
                    case "count" -> count = parser.getIntValue();
                    default -> {
                        // chain and seq are for people, and the object around them is entered.
                    }
                }
            }
            return new Chunk(id, index, count, sha256, text.getBytes(StandardCharsets.UTF_8));
        } catch (JacksonException | IllegalArgumentException garbage) {
            return null;
        }
    }

    private static boolean begins(byte[] json) {
        return json.length > BEGIN.length && Arrays.equals(json, 0, BEGIN.length, BEGIN, 0, BEGIN.length);
    }

    /** Where pieces end that take no more than {@code room} bytes with their escapes. */
    private static List<Integer> ends(String text, int room) {
        List<Integer> ends = new ArrayList<>();
        int bytes = 0;
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            int more = bytesOf(point);
            if (bytes + more > room) {
                ends.add(at);
                bytes = 0;
            }
            bytes += more;
            at += Character.charCount(point);
        }
        ends.add(text.length());
        return ends;
    }

    private static int bytesOf(int point) {
        if (point < 0x20) {
            return ESCAPED_BYTES_MAX;
        }
        return point == '"' || point == '\\' ? 2 : Cut.bytesOf(point);
    }
}
