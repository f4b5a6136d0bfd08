package io.pgweir.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads block comments of the shape {@code name: word}. */
final class CommentDirectives {
    private static final int COMMENT_CHARS_MAX = 256;

    private CommentDirectives() {}

    /** The words of those in {@code text[from, to)}, in lower case. */
    static List<String> read(String text, LexicalRules rules, int from, int to, String name) {
        int comment = text.indexOf("/*", from, to);
        if (comment < 0 || text.indexOf(name, comment, to) < 0) {
            return List.of();
        }
        List<String> words = new ArrayList<>(1);
        SqlLexer lexer = new SqlLexer(text, rules, from, to);
        for (TokenKind kind = lexer.nextOrComment(); kind != TokenKind.END; kind = lexer.nextOrComment()) {
            if (kind == TokenKind.COMMENT
                    && lexer.isTerminated()
                    && text.charAt(lexer.start()) == '/'
                    && lexer.end() - lexer.start() <= COMMENT_CHARS_MAX) {
                String content =
                        text.substring(lexer.start() + 2, lexer.end() - 2).strip();
                if (content.startsWith(name) && content.startsWith(":", name.length())) {
                    words.add(content.substring(name.length() + 1).strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        return words;
    }
}
