package io.pgweir.session;

import io.pgweir.sql.LexicalRules;
import io.pgweir.wire.PgCharset;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings that the server reports by ParameterStatus, and what follows from them. */
final class ServerSettings {
    /** PostgreSQL reports about fifteen; extensions a few more. */
    private static final int NAMES_MAX = 256;

    private static final LexicalRules BACKSLASHES = new LexicalRules(false);

    private final Map<String, String> values = new HashMap<>();
    private Charset charset = StandardCharsets.UTF_8;
    private LexicalRules rules = LexicalRules.DEFAULT;

    void put(String name, String value) {
        if (values.size() >= NAMES_MAX && !values.containsKey(name)) {
            return;
        }
        values.put(name, value);
        switch (name) {
            case "client_encoding" -> charset = PgCharset.of(value);
            case "standard_conforming_strings" -> rules = value.equals("off") ? BACKSLASHES : LexicalRules.DEFAULT;
            default -> {}
        }
    }

    /** What the client asked for in its startup packet, until the server tells. */
    void expectEncoding(String name) {
        if (!name.isEmpty()) {
            charset = PgCharset.of(name);
        }
    }

    @Nullable
    String value(String name) {
        return values.get(name);
    }

    Map<String, String> values() {
        return values;
    }

    Charset charset() {
        return charset;
    }

    LexicalRules rules() {
        return rules;
    }

    /** Whether {@code \\.} alone on a line ends csv data: up to PostgreSQL 17 it does. */
    boolean csvEndMarker() {
        String version = values.get("server_version");
        int digits = 0;
        int major = 0;
        while (version != null && digits < Math.min(4, version.length()) && Character.isDigit(version.charAt(digits))) {
            major = major * 10 + Character.digit(version.charAt(digits), 10);
            digits++;
        }
        return digits == 0 || major < 18;
    }
}
