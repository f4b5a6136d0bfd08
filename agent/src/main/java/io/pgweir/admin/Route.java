package io.pgweir.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All methods of one path. */
final class Route {
    private final String[] steps;
    private final Map<String, Endpoint> methods = new TreeMap<>();

    Route(String path) {
        this.steps = path.split("/", -1);
    }

    void add(Endpoint endpoint) {
        methods.put(endpoint.method(), endpoint);
    }

    /** What of {@code asked}, with its percent signs, stands for the names of this path; null where it is another path. */
    @Nullable
    Map<String, String> match(String asked) {
        String[] found = asked.split("/", -1);
        if (found.length != steps.length) {
            return null;
        }
        Map<String, String> parts = new HashMap<>();
        for (int i = 0; i < steps.length; i++) {
            if (steps[i].startsWith("{") && !found[i].isEmpty()) {
                parts.put(steps[i].substring(1, steps[i].length() - 1), decoded(found[i]));
            } else if (!steps[i].equals(found[i])) {
                return null;
            }
        }
        return parts;
    }

    /** Of a path a plus is a plus. */
    private static String decoded(String step) {
        return URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** HEAD is answered as GET is. */
    @Nullable
    Endpoint of(String method) {
        return methods.get(method.equals("HEAD") ? "GET" : method);
    }

    boolean isOpen() {
        return methods.values().stream().allMatch(Endpoint::open);
    }

    /** As the header Allow lists them. */
    String allowed() {
        return String.join(", ", methods.keySet());
    }
}
