package io.pgweir.sql.facts;

import java.util.Locale;

/** Reads SET and RESET, also where they stand in ALTER ROLE, ALTER DATABASE and ALTER SYSTEM. */
final class SettingReader {
    /** RESET ALL, DISCARD ALL. */
    static final String ALL = "all";

    /** {@code set_config} of a name that is no literal. */
    static final String UNKNOWN = "*";

    private final Cursor cursor;

    SettingReader(Cursor cursor) {
        this.cursor = cursor;
    }

    /** From SET or RESET to the end. */
    void statement() {
        cursor.at++;
        if (cursor.is("LOCAL")
                || (cursor.is("SESSION") && !cursor.is(1, "AUTHORIZATION") && !cursor.is(1, "CHARACTERISTICS"))) {
            cursor.at++;
        }
        cursor.draft.setting = name();
        cursor.at = cursor.tokens.size();
    }

    private String name() {
        return switch (cursor.word()) {
            case "ALL" -> ALL;
            case "CONSTRAINTS" -> "constraints";
            case "TRANSACTION" -> "transaction";
            case "TIME" -> cursor.is(1, "ZONE") ? "timezone" : plain();
            case "SCHEMA" -> isPlain() ? plain() : "search_path";
            case "NAMES" -> isPlain() ? plain() : "client_encoding";
            case "XML" -> "xmloption";
            case "SESSION" -> {
                boolean authorization = cursor.is(1, "AUTHORIZATION");
                if (authorization) {
                    role(2);
                }
                yield authorization ? "session_authorization" : "session_characteristics";
            }
            case "ROLE" -> {
                role(isPlain() ? 2 : 1);
                yield "role";
            }
            default -> plain();
        };
    }

    /** {@code name TO} or {@code name =}. */
    private boolean isPlain() {
        return cursor.is(1, "TO") || cursor.tokens.is(cursor.at + 1, "=");
    }

    private void role(int ahead) {
        int index = cursor.at + ahead;
        if (cursor.tokens.isName(index)) {
            cursor.draft.roles.add(cursor.tokens.name(index));
        } else if (cursor.tokens.isString(index)) {
            cursor.draft.literalsMatter = true;
            cursor.draft.roles.add(cursor.tokens.value(index));
        }
    }

    /** The server knows settings by their lower-case names, however they are quoted. */
    private String plain() {
        StringBuilder name = new StringBuilder(cursor.name());
        while (cursor.is('.')) {
            cursor.at++;
            name.append('.').append(cursor.name());
        }
        String folded = fold(name.toString());
        if (folded.equals("role") || folded.equals("session_authorization")) {
            role(1);
        }
        return folded;
    }

    static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
