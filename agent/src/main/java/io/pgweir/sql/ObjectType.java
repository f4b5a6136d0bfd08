package io.pgweir.sql;

/** The object's type behind CREATE, ALTER and DROP, as command tags spell it. */
public final class ObjectType {
    private ObjectType() {}

    /** Reads the type and leaves {@code tokens} behind it; empty where none is known. */
    static String read(TokenCursor tokens) {
        while (isAdjective(tokens.word())) {
            tokens.advance();
        }
        String word = tokens.word();
        tokens.advance();
        return switch (word) {
            case "USER" -> tokens.skip("MAPPING") ? "USER MAPPING" : "ROLE";
            case "GROUP" -> "ROLE";
            case "MATERIALIZED" -> join(tokens, word, "VIEW");
            case "ACCESS" -> join(tokens, word, "METHOD");
            case "EVENT" -> join(tokens, word, "TRIGGER");
            case "LARGE" -> join(tokens, word, "OBJECT");
            case "DEFAULT" -> join(tokens, word, "PRIVILEGES");
            case "OPERATOR" -> tokens.is("CLASS") || tokens.is("FAMILY") ? join(tokens, word, tokens.word()) : word;
            case "FOREIGN" -> foreign(tokens);
            case "TEXT" -> textSearch(tokens);
            default -> word;
        };
    }

    /** Words before the type that are no part of the tag. */
    public static boolean isAdjective(String word) {
        return switch (word) {
            case "OR",
                    "REPLACE",
                    "GLOBAL",
                    "LOCAL",
                    "TEMP",
                    "TEMPORARY",
                    "UNLOGGED",
                    "UNIQUE",
                    "RECURSIVE",
                    "CONSTRAINT",
                    "TRUSTED",
                    "PROCEDURAL" -> true;
            default -> false;
        };
    }

    private static String join(TokenCursor tokens, String first, String second) {
        if (!tokens.skip(second)) {
            // CREATE DEFAULT CONVERSION; whatever else it is, the server will refuse it.
            return first.equals("DEFAULT") && tokens.skip("CONVERSION") ? "CONVERSION" : first;
        }
        return first + ' ' + second;
    }

    private static String foreign(TokenCursor tokens) {
        if (tokens.skip("TABLE")) {
            return "FOREIGN TABLE";
        }
        return tokens.skip("DATA") && tokens.skip("WRAPPER") ? "FOREIGN DATA WRAPPER" : "FOREIGN";
    }

    private static String textSearch(TokenCursor tokens) {
        if (!tokens.skip("SEARCH")) {
            return "TEXT";
        }
        return switch (tokens.word()) {
            case "CONFIGURATION", "DICTIONARY", "PARSER", "TEMPLATE" -> {
                String object = "TEXT SEARCH " + tokens.word();
                tokens.advance();
                yield object;
            }
            default -> "TEXT SEARCH";
        };
    }
}
