package io.pgweir.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands behind the question mark. Of a name that comes twice, the first counts. */
record Query(Map<String, String> values) {

    /**
     * @param raw null where there is none
     * @throws IllegalArgumentException where its percent signs are wrong
     */
    static Query parse(@Nullable String raw) {
        Map<String, String> values = new LinkedHashMap<>();
        if (raw != null && !raw.isEmpty()) {
            for (String pair : raw.split("&")) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                values.putIfAbsent(decoded(name), decoded(value));
            }
        }
        return new Query(values);
    }

    @Nullable
    String value(String name) {
        return values.get(name);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
