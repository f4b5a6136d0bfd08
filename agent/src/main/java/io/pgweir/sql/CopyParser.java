package io.pgweir.sql;

import org.jspecify.annotations.Nullable;

/**
 * Reads COPY's direction, target and options, as written today and as before PostgreSQL 9.0 and 7.3.
 *
 * <pre>
 *   COPY [BINARY] table [(columns)] FROM|TO target [[USING] DELIMITERS 's'] [WITH] options [WHERE ...]
 *   COPY (query) TO target [WITH] options
 *   target:  STDIN | STDOUT | 'file' | PROGRAM 'command'
 *   options: (FORMAT csv, HEADER true, QUOTE '"', ...) or BINARY, CSV, HEADER, QUOTE [AS] '"', ...
 * </pre>
 */
final class CopyParser {
    private final TokenCursor tokens;
    private final LexicalRules rules;

    private CopyClause.Direction direction = CopyClause.Direction.FROM;
    private CopyClause.Target target = CopyClause.Target.FILE;
    private CopyClause.Format format = CopyClause.Format.TEXT;
    private boolean header;
    private @Nullable String delimiter;
    private @Nullable String quote;
    private @Nullable String escape;
    private @Nullable String nullString;
    private String encoding = "";

    private CopyParser(String text, LexicalRules rules, int from, int to) {
        this.tokens = new TokenCursor(text, rules, from, to);
        this.rules = rules;
    }

    /** {@code text[from, to)} begins with COPY. */
    static CopyClause parse(String text, LexicalRules rules, int from, int to) {
        return new CopyParser(text, rules, from, to).parse();
    }

    private CopyClause parse() {
        tokens.advance();
        if (tokens.skip("BINARY")) {
            format = CopyClause.Format.BINARY;
        }
        tokens.skipParentheses();
        while (!tokens.isEnd() && (tokens.isLabel() || !(tokens.is("FROM") || tokens.is("TO")))) {
            tokens.advance();
        }
        direction = tokens.is("TO") ? CopyClause.Direction.TO : CopyClause.Direction.FROM;
        tokens.advance();
        readTarget();
        while (!tokens.isEnd() && !tokens.is("WHERE")) {
            if (tokens.is('(')) {
                readList();
            } else {
                readOption();
            }
        }
        return clause();
    }

    /** The server takes STDIN and STDOUT for the same: the direction decides. */
    private void readTarget() {
        if (tokens.is("STDIN") || tokens.is("STDOUT")) {
            target = direction == CopyClause.Direction.FROM ? CopyClause.Target.STDIN : CopyClause.Target.STDOUT;
        } else if (tokens.skip("PROGRAM")) {
            target = CopyClause.Target.PROGRAM;
        }
        tokens.advance();
    }

    /** One word of the old syntax, with its value. */
    private void readOption() {
        String option = tokens.word().isEmpty() ? name() : tokens.word();
        tokens.advance();
        switch (option) {
            case "BINARY" -> format = CopyClause.Format.BINARY;
            case "CSV" -> format = CopyClause.Format.CSV;
            case "HEADER" -> header = true;
            case "DELIMITER", "DELIMITERS", "NULL", "QUOTE", "ESCAPE", "ENCODING" -> {
                tokens.skip("AS");
                if (Literals.isString(tokens.kind())) {
                    keep(option, value());
                    tokens.advance();
                }
            }
            default -> {}
        }
    }

    private void readList() {
        int outside = tokens.depth();
        tokens.advance();
        while (!tokens.isEnd() && !(tokens.is(')') && tokens.depth() == outside)) {
            boolean name = tokens.depth() == outside + 1 && (tokens.isBehind('(') || tokens.isBehind(','));
            if (name) {
                readListed(name());
            }
            if (!name || !(tokens.is(',') || tokens.is(')'))) {
                tokens.advance();
            }
        }
        tokens.advance();
    }

    /** From an option's name to its value, or to what follows where it has none. */
    private void readListed(String option) {
        switch (option) {
            case "FORMAT" -> {
                tokens.advance();
                format = formatOf(value());
            }
            case "HEADER" -> {
                tokens.advance();
                header = !isFalse();
            }
            case "DELIMITER", "NULL", "QUOTE", "ESCAPE", "ENCODING" -> {
                tokens.advance();
                keep(option, value());
            }
            default -> {}
        }
    }

    /** A boolean option without a value is true. */
    private boolean isFalse() {
        String value = upper(value());
        return value.equals("FALSE") || value.equals("OFF") || tokens.lexer().is("0");
    }

    private void keep(String option, String value) {
        switch (option) {
            case "DELIMITER", "DELIMITERS" -> delimiter = value;
            case "NULL" -> nullString = value;
            case "QUOTE" -> quote = value;
            case "ENCODING" -> encoding = value;
            default -> escape = value;
        }
    }

    private String name() {
        String name = tokens.identifier();
        return name == null ? "" : upper(name);
    }

    private static String upper(String name) {
        StringBuilder upper = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            upper.append(Characters.upper(name.charAt(i)));
        }
        return upper.toString();
    }

    private String value() {
        if (Literals.isString(tokens.kind())) {
            return Literals.value(tokens.lexer(), tokens.kind(), rules);
        }
        String name = tokens.identifier();
        return name == null ? "" : name;
    }

    private static CopyClause.Format formatOf(String name) {
        return switch (name) {
            case "csv" -> CopyClause.Format.CSV;
            case "binary" -> CopyClause.Format.BINARY;
            default -> CopyClause.Format.TEXT;
        };
    }

    private CopyClause clause() {
        boolean csv = format == CopyClause.Format.CSV;
        char quoteChar = first(quote, '"');
        return new CopyClause(
                direction,
                target,
                format,
                header,
                first(delimiter, csv ? ',' : '\t'),
                quoteChar,
                first(escape, quoteChar),
                nullString == null ? (csv ? "" : "\\N") : nullString,
                encoding);
    }

    private static char first(@Nullable String value, char otherwise) {
        return value == null || value.isEmpty() ? otherwise : value.charAt(0);
    }
}
