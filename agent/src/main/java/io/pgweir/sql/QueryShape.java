package io.pgweir.sql;

/**
 * What a SELECT, VALUES, TABLE, INSERT, UPDATE, DELETE or MERGE does, its WITH clause included.
 *
 * @param verb of the main statement: SELECT stands for VALUES and TABLE too
 * @param into whether it is SELECT INTO
 * @param writes whether it or one of its WITH queries changes data
 */
record QueryShape(String verb, boolean into, boolean writes) {
    /** Whether a query can begin with the current token. */
    static boolean begins(TokenCursor tokens) {
        return tokens.is('(') || tokens.is("WITH") || isSelect(tokens.word()) || isWrite(tokens.word());
    }

    /** Reads from the current token as far as the answer needs. */
    static QueryShape read(TokenCursor tokens) {
        boolean writes = false;
        while (tokens.is('(') || tokens.is("WITH")) {
            if (tokens.is('(')) {
                tokens.advance();
            } else {
                writes |= skipWith(tokens);
            }
        }
        if (isWrite(tokens.word())) {
            return new QueryShape(tokens.word(), false, true);
        }
        boolean into = isSelect(tokens.word()) && isSelectInto(tokens);
        return new QueryShape("SELECT", into, writes);
    }

    private static boolean isSelect(String word) {
        return switch (word) {
            case "SELECT", "VALUES", "TABLE" -> true;
            default -> false;
        };
    }

    private static boolean isWrite(String word) {
        return switch (word) {
            case "INSERT", "UPDATE", "DELETE", "MERGE" -> true;
            default -> false;
        };
    }

    /** INTO stands before FROM, at the depth of the first SELECT. */
    private static boolean isSelectInto(TokenCursor tokens) {
        int depth = tokens.depth();
        while (tokens.advance() && tokens.depth() >= depth) {
            if (tokens.depth() == depth && !tokens.isLabel()) {
                if (tokens.is("INTO")) {
                    return true;
                }
                if (tokens.is("FROM")) {
                    return false;
                }
            }
        }
        return false;
    }

    /**
     * From WITH to the main verb: the first one at its depth that cannot be a name, or the parenthesis around it.
     *
     * @return whether a verb that writes stands right inside of an {@code AS (}
     */
    private static boolean skipWith(TokenCursor tokens) {
        int depth = tokens.depth();
        boolean writes = false;
        while (tokens.advance() && tokens.depth() >= depth) {
            String word = tokens.word();
            if (tokens.depth() > depth) {
                writes |= isWrite(word)
                        && (tokens.isBehindOpened("AS")
                                || tokens.isBehindOpened("MATERIALIZED")
                                || tokens.isBehind(')'));
            } else if ((tokens.is('(') && tokens.isBehind(')'))
                    || (!isName(tokens) && (isSelect(word) || isWrite(word)))) {
                return writes;
            }
        }
        return writes;
    }

    private static boolean isName(TokenCursor tokens) {
        return tokens.isBehind(',')
                || switch (tokens.previousWord()) {
                    case "WITH", "RECURSIVE", "BY", "SET", "USING", "CYCLE", "TO", "DEFAULT" -> true;
                    default -> false;
                };
    }
}
