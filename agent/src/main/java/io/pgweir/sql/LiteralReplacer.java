package io.pgweir.sql;

/**
 * Puts other values into a text: literals and the words of comments are replaced, all else stays where it is. The {@link Fingerprint}
 * stays the same, for every token stays of its kind.
 *
 * <p>Of a text that the server's lexer refuses nobody knows where its values are: all of it is taken as one.
 */
public final class LiteralReplacer {
    /**
     * What stands for a value. It has as many characters, or as many bytes where they are not ASCII; what is neither letter nor digit
     * stays: quotes and backslashes above all.
     */
    public interface Values {
        /** Letters for letters, digits for digits. */
        String text(String value);

        /** Digits of that radix for such; of a decimal number the exponent's letter stays. */
        String digits(String value, int radix);
    }

    private final String text;
    private final Values values;
    private final SqlLexer lexer;
    private final StringBuilder out;
    private int copied;

    private LiteralReplacer(String text, LexicalRules rules, Values values) {
        this.text = text;
        this.values = values;
        lexer = new SqlLexer(text, rules);
        out = new StringBuilder(text.length());
    }

    /** A query string with other values. */
    public static String replace(String text, LexicalRules rules, Values values) {
        return new LiteralReplacer(text, rules, values).replace();
    }

    private String replace() {
        for (TokenKind kind = lexer.nextOrComment(); kind != TokenKind.END; kind = lexer.nextOrComment()) {
            if (kind == TokenKind.JUNK || !lexer.isTerminated()) {
                return values.text(text);
            }
            switch (kind) {
                case STRING, ESCAPE_STRING, UNICODE_STRING -> text(quoteEnd(), lexer.end() - 1);
                case DOLLAR_STRING -> body();
                case BIT_STRING -> {
                    char prefix = Characters.lower(text.charAt(lexer.start()));
                    digits(quoteEnd(), lexer.end() - 1, prefix == 'x' ? 16 : 2);
                }
                case NUMBER -> number();
                // Both ends of a comment are two marks; a line's end is none of a comment.
                case COMMENT -> text(lexer.start() + 2, lexer.end());
                case WORD, QUOTED_IDENTIFIER, UNICODE_IDENTIFIER, PARAMETER, PUNCTUATION, OPERATOR, JUNK, END -> {}
            }
        }
        return out.append(text, copied, text.length()).toString();
    }

    private int quoteEnd() {
        return text.indexOf('\'', lexer.start()) + 1;
    }

    private void text(int from, int to) {
        put(from, to, values.text(text.substring(from, to)));
    }

    /** A dollar within might be one of its closing tag, with other letters behind it. */
    private void body() {
        int from = Literals.bodyStart(lexer);
        int to = Literals.bodyEnd(lexer);
        put(from, to, values.text(text.substring(from, to)).replace('$', '_'));
    }

    private void number() {
        int from = lexer.start();
        int radix = 10;
        if (text.charAt(from) == '0' && from + 2 < lexer.end()) {
            radix = switch (Characters.lower(text.charAt(from + 1))) {
                case 'x' -> 16;
                case 'o' -> 8;
                case 'b' -> 2;
                default -> 10;
            };
        }
        digits(radix == 10 ? from : from + 2, lexer.end(), radix);
    }

    private void digits(int from, int to, int radix) {
        put(from, to, values.digits(text.substring(from, to), radix));
    }

    private void put(int from, int to, String replacement) {
        out.append(text, copied, from).append(replacement);
        copied = to;
    }
}
