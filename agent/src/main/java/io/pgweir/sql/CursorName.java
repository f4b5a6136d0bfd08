package io.pgweir.sql;

import org.jspecify.annotations.Nullable;

/** The name in DECLARE, FETCH, MOVE and CLOSE: of the first it comes first, of the others last. */
final class CursorName {
    private CursorName() {}

    /** Folded as the server folds it; null where there is none. */
    static @Nullable String read(String text, LexicalRules rules, int from, int to, String command) {
        TokenCursor tokens = new TokenCursor(text, rules, from, to);
        tokens.advance();
        String name = tokens.identifier();
        while (!command.equals("DECLARE CURSOR") && tokens.advance()) {
            name = tokens.identifier();
        }
        return name;
    }
}
