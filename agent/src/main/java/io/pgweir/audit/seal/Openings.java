package io.pgweir.audit.seal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Holds the values of a record's {@code open} against the commitments in its hashed part. {@code open} is laid out as the record is:
 * what stands at {@code open.sql} opens {@code sql.commitment}, what at {@code open.parameters[0]} {@code parameters[0].commitment}.
 *
 * @param opened values that are what was committed to
 * @param erased commitments without a value
 * @param faults in words; empty where all is well
 */
record Openings(int opened, int erased, List<String> faults) {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final HexFormat HEX = HexFormat.of();

    /** Levels of {@code open}: pgweir's has two. */
    private static final int DEPTH_MAX = 8;

    /** @param in the record from {@code from} to {@code to}: sound, so its hashed part is JSON */
    static Openings check(byte[] in, int from, int to) {
        Map<String, String> commitments = new HashMap<>();
        Map<String, Opening> openings = new HashMap<>();
        List<String> faults = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), in, from, to - from)) {
            parser.nextToken();
            boolean sawOpen = false;
            boolean sawHash = false;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (!name.equals("open")) {
                    if (sawHash) {
                        faults.add("member " + name + " stands behind the hash (expected: open alone)");
                    }
                    sawHash |= name.equals("hash");
                    collect(parser, name, commitments);
                } else if (sawOpen || value != JsonToken.START_OBJECT) {
                    faults.add("open is there twice, or no object");
                    parser.skipChildren();
                } else {
                    sawOpen = true;
                    readObject(parser, "", openings, faults, 0);
                }
            }
            if (parser.nextToken() != null) {
                faults.add("something behind the record (expected: one JSON object)");
            }
        } catch (JacksonException garbage) {
            faults.add("opened values are no JSON: " + garbage.getOriginalMessage());
            return new Openings(0, 0, faults);
        }
        return compare(commitments, openings, faults);
    }

    private static Openings compare(
            Map<String, String> commitments, Map<String, Opening> openings, List<String> faults) {
        int opened = 0;
        MessageDigest digest = Hashes.sha256();
        for (Map.Entry<String, Opening> entry : openings.entrySet()) {
            String commitment = commitments.remove(entry.getKey());
            if (commitment == null) {
                faults.add("opened value " + entry.getKey() + " has no commitment");
            } else if (!entry.getValue().isOf(commitment, digest)) {
                faults.add("opened value " + entry.getKey() + " is not what was committed to");
            } else {
                opened++;
            }
        }
        return new Openings(opened, commitments.size(), faults);
    }

    /** The commitments within the value that the parser is at. */
    private static void collect(JsonParser parser, String path, Map<String, String> commitments) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_STRING && name.equals("commitment")) {
                    commitments.put(path, parser.getString());
                } else {
                    collect(parser, path + "." + name, commitments);
                }
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                collect(parser, path + "[" + i + "]", commitments);
            }
        }
    }

    /** One object of {@code open}: an opening where it has a salt, else one that holds more. */
    private static void readObject(
            JsonParser parser, String path, Map<String, Opening> openings, List<String> faults, int depth) {
        String salt = null;
        String value = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                readValue(parser, path.isEmpty() ? name : path + "." + name, openings, faults, depth + 1);
            } else if (name.equals("salt") && salt == null) {
                salt = parser.getString();
            } else if ((name.equals("text") || name.equals("value")) && value == null) {
                value = parser.getString();
            } else {
                faults.add("opened values hold " + path + "." + name + " (expected: salt, text or value)");
            }
        }
        if (salt != null && value != null) {
            openings.put(path, new Opening(salt, value));
        } else if (salt != null || value != null) {
            faults.add("opened value " + path + " has no " + (salt == null ? "salt" : "value"));
        }
    }

    private static void readValue(
            JsonParser parser, String path, Map<String, Opening> openings, List<String> faults, int depth) {
        JsonToken token = parser.currentToken();
        if (depth > DEPTH_MAX) {
            faults.add("opened values lie deeper than " + DEPTH_MAX + " levels");
            parser.skipChildren();
        } else if (token == JsonToken.START_OBJECT) {
            readObject(parser, path, openings, faults, depth);
        } else if (token == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                readValue(parser, path + "[" + i + "]", openings, faults, depth + 1);
            }
        } else if (token != JsonToken.VALUE_NULL) {
            faults.add("opened values hold " + path + " (expected: an object with salt and value)");
        }
    }

    private record Opening(String salt, String value) {
        boolean isOf(@Nullable String commitment, MessageDigest digest) {
            try {
                // Exactly as it was written: capital digits would be another text that means the same.
                if (!HEX.formatHex(HEX.parseHex(salt)).equals(salt)) {
                    return false;
                }
                digest.update(HEX.parseHex(salt));
            } catch (IllegalArgumentException _) {
                return false;
            }
            return Hashes.hex(digest.digest(value.getBytes(StandardCharsets.UTF_8)))
                    .equals(commitment);
        }
    }
}
