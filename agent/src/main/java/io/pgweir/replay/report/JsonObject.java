package io.pgweir.replay.report;

import io.pgweir.capture.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** A JSON object whose members have to be there, and of their kind. Members that nobody asks for are left alone. */
public final class JsonObject {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String path;
    private final Map<?, ?> members;

    private JsonObject(String path, Map<?, ?> members) {
        this.path = path;
        this.members = members;
    }

    /** @throws IllegalArgumentException where it is none; so do all that read members */
    public static JsonObject read(byte[] json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            return new JsonObject("", member(JsonValue.read(parser), Map.class, "the document", "an object"));
        } catch (JacksonException fault) {
            throw new IllegalArgumentException(fault.getOriginalMessage(), fault);
        }
    }

    private static <T> T member(@Nullable Object value, Class<T> kind, String path, String expected) {
        if (!kind.isInstance(value)) {
            throw new IllegalArgumentException(
                    path + ": " + (value == null ? "nothing" : "something else") + " (expected: " + expected + ")");
        }
        return kind.cast(value);
    }

    private String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    public boolean isNull(String name) {
        return members.get(name) == null;
    }

    public String text(String name) {
        return member(members.get(name), String.class, path(name), "a text");
    }

    public long number(String name) {
        return member(members.get(name), Long.class, path(name), "a whole number");
    }

    public double decimal(String name) {
        return member(members.get(name), Number.class, path(name), "a number").doubleValue();
    }

    public JsonObject object(String name) {
        return new JsonObject(path(name), member(members.get(name), Map.class, path(name), "an object"));
    }

    public List<String> texts(String name) {
        return list(name, value -> member(value, String.class, path(name), "texts"));
    }

    public List<Long> numbers(String name) {
        return list(name, value -> member(value, Long.class, path(name), "whole numbers"));
    }

    public List<JsonObject> objects(String name) {
        return list(name, value -> new JsonObject(path(name), member(value, Map.class, path(name), "objects")));
    }

    /** In their order. */
    public List<String> names() {
        return members.keySet().stream().map(String::valueOf).toList();
    }

    private <T> List<T> list(String name, Function<@Nullable Object, T> each) {
        List<T> list = new ArrayList<>();
        for (Object value : member(members.get(name), List.class, path(name), "a list")) {
            list.add(each.apply(value));
        }
        return list;
    }
}
