package io.pgweir.cli;

import io.pgweir.audit.encode.JsonTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object of JSON, read with what is not there as empty. */
record JsonView(Map<String, @Nullable Object> members) {

    /** @throws IllegalArgumentException where it is none */
    static JsonView of(String json) {
        return new JsonView(JsonTree.read(json.getBytes(StandardCharsets.UTF_8)));
    }

    boolean has(String name) {
        return members.get(name) != null;
    }

    /** A number as it is written. */
    String text(String name) {
        Object value = members.get(name);
        return value == null ? "" : value.toString();
    }

    long number(String name) {
        return members.get(name) instanceof Number number ? number.longValue() : 0;
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(members.get(name));
    }

    JsonView object(String name) {
        return view(members.get(name));
    }

    List<JsonView> objects(String name) {
        List<JsonView> views = new ArrayList<>();
        if (members.get(name) instanceof List<?> list) {
            list.forEach(each -> views.add(view(each)));
        }
        return views;
    }

    List<String> texts(String name) {
        return members.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    @SuppressWarnings("unchecked") // JsonTree makes objects of no other kind
    private static JsonView view(@Nullable Object value) {
        return new JsonView(value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of());
    }
}
