package io.pgweir.audit.encode;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object under construction. What is null, or an object without members, is left out. */
final class Tree {
    private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

    Tree with(String name, @Nullable Object value) {
        if (value != null) {
            members.put(name, value);
        }
        return this;
    }

    Tree with(String name, Tree object) {
        if (!object.members.isEmpty()) {
            members.put(name, object.members);
        }
        return this;
    }

    /** What is left of a record, as it is: null means something there. */
    Tree with(Map<String, @Nullable Object> rest) {
        members.putAll(rest);
        return this;
    }

    Map<String, @Nullable Object> members() {
        return members;
    }
}
