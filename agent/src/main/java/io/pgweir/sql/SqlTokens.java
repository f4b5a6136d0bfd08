package io.pgweir.sql;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one statement by index, comments left out, each parenthesis with its partner: what a parser looks ahead in.
 *
 * <p>Every question may be asked about an index at or behind the end: nothing is there. Not thread-safe.
 */
public final class SqlTokens {
    private static final int FIRST_SIZE = 64;
    private static final int IDENTIFIER_BYTES_MAX = 63;

    /** From this token on a list of literals, or of rows of them, is kept as its first: a load of rows stays within any bound. */
    private static final int FOLDED_FROM = 4096;

    private final String text;
    private final LexicalRules rules;
    private final SqlLexer lexer;
    private final int max;

    private TokenKind[] kinds = new TokenKind[FIRST_SIZE];
    private Keyword[] keywords = new Keyword[FIRST_SIZE];
    private int[] starts = new int[FIRST_SIZE];
    private int[] ends = new int[FIRST_SIZE];
    private int[] partners = new int[FIRST_SIZE];
    private int size;
    private int depth;
    private boolean cut;
    private boolean folded;
    private @Nullable String fault;
    private @Nullable String doubt;

    /** Of {@code text[from, to)}, not more than {@code max}. */
    SqlTokens(String text, LexicalRules rules, int from, int to, int max) {
        this.text = text;
        this.rules = rules;
        this.max = max;
        this.lexer = new SqlLexer(text, rules, from, to);
        lex();
    }

    private void lex() {
        int open = -1;
        int level = 0;
        for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
            if (size == max) {
                cut = true;
                return;
            }
            add(kind);
            inspect(kind);
            fold(size > FOLDED_FROM && isValue(size - 1) && symbol(size - 2) == ',' && isValue(size - 3), 2);
            switch (symbol(size - 1)) {
                case '(', '[' -> {
                    // The partner of one that is still open is the open one around it.
                    partners[size - 1] = open;
                    open = size - 1;
                    level++;
                    depth = Math.max(depth, level);
                }
                case ')', ']' -> {
                    boolean pair = open >= 0 && (symbol(open) == '(') == (symbol(size - 1) == ')');
                    if (!pair) {
                        fault = "unbalanced parentheses";
                        return;
                    }
                    int outside = partners[open];
                    partners[open] = size - 1;
                    partners[size - 1] = open;
                    open = outside;
                    level--;
                    fold(size > FOLDED_FROM && isRow(size - 1) && symbol(size - 4) == ',' && isRow(size - 5), 4);
                }
                default -> {}
            }
        }
        if (open >= 0) {
            fault = "unbalanced parentheses";
        }
    }

    /** Drops the last tokens where they say what those before them say. */
    private void fold(boolean same, int tokens) {
        if (same) {
            size -= tokens;
            folded = true;
        }
    }

    private boolean isValue(int index) {
        return kinds[index].isLiteral() || kinds[index] == TokenKind.PARAMETER;
    }

    /** Whether {@code ( value )} ends there. */
    private boolean isRow(int close) {
        return symbol(close) == ')' && isValue(close - 1) && symbol(close - 2) == '(';
    }

    private void add(TokenKind kind) {
        if (size == kinds.length) {
            int larger = 2 * size;
            kinds = Arrays.copyOf(kinds, larger);
            keywords = Arrays.copyOf(keywords, larger);
            starts = Arrays.copyOf(starts, larger);
            ends = Arrays.copyOf(ends, larger);
            partners = Arrays.copyOf(partners, larger);
        }
        kinds[size] = kind;
        keywords[size] = kind == TokenKind.WORD ? Keyword.of(lexer) : Keyword.NONE;
        starts[size] = lexer.start();
        ends[size] = lexer.end();
        size++;
    }

    /** What the server refuses, and what servers of other versions or encodings read in another way. */
    private void inspect(TokenKind kind) {
        if (!lexer.isTerminated()) {
            fault = "unterminated literal or identifier";
        }
        switch (kind) {
            case JUNK -> fault = "a character that no token begins with";
            // Servers before 15 read "1from t" as three tokens.
            case NUMBER, PARAMETER -> {
                if (hasLetters(kind)) {
                    doubt = "letters right behind a number";
                }
            }
            case WORD, QUOTED_IDENTIFIER, UNICODE_IDENTIFIER -> inspectName(kind);
            default -> {}
        }
    }

    private boolean hasLetters(TokenKind kind) {
        int radix = 10;
        for (int i = lexer.start() + 1; i < lexer.end(); i++) {
            char c = Characters.lower(text.charAt(i));
            boolean prefix = kind == TokenKind.NUMBER && i == lexer.start() + 1 && text.charAt(i - 1) == '0';
            if (prefix && (c == 'x' || c == 'o' || c == 'b')) {
                radix = c == 'x' ? 16 : 8;
            } else if (c == 'e' && radix == 10 && i + 1 < lexer.end() && !Characters.isLetter(text.charAt(i + 1))) {
                i++;
            } else if (Characters.isLetter(c) && c != '_' && !Characters.isDigit(c, radix)) {
                return true;
            }
        }
        return false;
    }

    /** Servers fold ASCII only, but with a database in a single-byte encoding; they cut names in their own encoding. */
    private void inspectName(TokenKind kind) {
        boolean ascii = true;
        for (int i = lexer.start(); i < lexer.end(); i++) {
            char c = text.charAt(i);
            ascii &= c < 128;
            if (kind == TokenKind.WORD && c >= 128 && Character.toLowerCase(c) != c) {
                doubt = "capital letters that some servers fold";
            }
        }
        if (!ascii && (lexer.end() - lexer.start()) * 3 > IDENTIFIER_BYTES_MAX) {
            doubt = "a long name that servers cut by their own encoding";
        }
    }

    public int size() {
        return size;
    }

    /** Whether there were more tokens than asked for. */
    public boolean isCut() {
        return cut;
    }

    /** Whether lists of literals, far behind the start, were kept as their first: then places in a list are not what they were. */
    public boolean isFolded() {
        return folded;
    }

    /** The deepest nesting of parentheses and brackets. */
    public int depth() {
        return depth;
    }

    /** Why the server cannot but refuse this; null where its lexer would not. */
    public @Nullable String fault() {
        return fault;
    }

    /** Why another server may read this in another way. */
    public @Nullable String doubt() {
        return doubt;
    }

    /** In upper case; empty where no keyword stands. */
    public String word(int index) {
        return index < size ? keywords[index].text() : "";
    }

    public Keyword.Category category(int index) {
        return index < size ? keywords[index].category() : Keyword.Category.UNRESERVED;
    }

    /** Whether a word or a quoted identifier stands there; keywords too. */
    public boolean isName(int index) {
        return index < size && kinds[index].isIdentifier();
    }

    /** As the server folds it, with the escape character of a UESCAPE that follows. */
    public String name(int index) {
        if (!isName(index)) {
            return "";
        }
        char escape = '\\';
        if (kinds[index] == TokenKind.UNICODE_IDENTIFIER && word(index + 1).equals("UESCAPE") && isString(index + 2)) {
            String value = value(index + 2);
            escape = value.isEmpty() ? escape : value.charAt(0);
        }
        boolean bare = kinds[index] == TokenKind.WORD;
        return Identifiers.fold(text, starts[index], bare ? ends[index] : ends[index] - 1, kinds[index], escape);
    }

    /** The token's character where it is a punctuation mark of one, else 0. */
    public char symbol(int index) {
        return index < size && kinds[index] == TokenKind.PUNCTUATION && ends[index] - starts[index] == 1
                ? text.charAt(starts[index])
                : 0;
    }

    public boolean isOperator(int index) {
        return index < size && kinds[index] == TokenKind.OPERATOR;
    }

    /** Whether the token is an operator or punctuation mark of that spelling. */
    public boolean is(int index, String spelling) {
        return index < size
                && (kinds[index] == TokenKind.OPERATOR || kinds[index] == TokenKind.PUNCTUATION)
                && ends[index] - starts[index] == spelling.length()
                && text.startsWith(spelling, starts[index]);
    }

    public boolean isLiteral(int index) {
        return index < size && kinds[index].isLiteral();
    }

    /** A literal that Sconst of the grammar stands for. */
    public boolean isString(int index) {
        return index < size && Literals.isString(kinds[index]);
    }

    public boolean isNumber(int index) {
        return index < size && kinds[index] == TokenKind.NUMBER;
    }

    public boolean isParameter(int index) {
        return index < size && kinds[index] == TokenKind.PARAMETER;
    }

    /** Whether a {@code U&"..."} or {@code U&'...'} stands there, which UESCAPE may follow. */
    public boolean isUnicode(int index) {
        return index < size
                && (kinds[index] == TokenKind.UNICODE_IDENTIFIER || kinds[index] == TokenKind.UNICODE_STRING);
    }

    /** Of a string literal, as the server would read it. */
    public String value(int index) {
        return Literals.value(text, starts[index], ends[index], kinds[index], rules);
    }

    /** As written. */
    public String text(int index) {
        return index < size ? text.substring(starts[index], ends[index]) : "";
    }

    /** Of a parenthesis or bracket: where the other one stands. Without {@link #fault()} each has one. */
    public int partner(int index) {
        return partners[index];
    }
}
