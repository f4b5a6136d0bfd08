package io.pgweir.admin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of an endpoint.
 *
 * @param parts what stands in the path where the endpoint's own has {@code {name}}, by that name
 * @param body as it came; empty where there is none
 */
record Request(Map<String, String> parts, Query query, byte[] body) {

    /** What stands in the place of {@code {name}}. */
    String part(String name) {
        String part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("no {" + name + "} in this path");
        }
        return part;
    }

    @Nullable
    String parameter(String name) {
        return query.value(name);
    }
}
