package io.pgweir.sql;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The key-value pairs of <a href="https://google.github.io/sqlcommenter/spec/">sqlcommenter</a> comments.
 *
 * <pre>
 *   /*key='url-encoded value',key2='it\'s'*&#47;
 * </pre>
 *
 * A comment of any other shape has none. Of a key written twice the first counts. A {@code traceparent} that is not W3C's
 * is dropped.
 */
final class CommentTags {
    private static final int TAGS_MAX = 32;
    private static final int KEY_CHARS_MAX = 64;
    private static final int VALUE_CHARS_MAX = 1024;
    private static final int COMMENT_CHARS_MAX = 8192;

    private final String text;
    private final int limit;
    private int at;

    private CommentTags(String text, int from, int to) {
        this.text = text;
        this.at = from;
        this.limit = to;
    }

    /** In the order written; of comments in {@code text[from, to)}. */
    static Map<String, String> read(String text, LexicalRules rules, int from, int to) {
        int comment = text.indexOf("/*", from, to);
        if (comment < 0) {
            return Map.of();
        }
        Map<String, String> tags = new LinkedHashMap<>();
        SqlLexer lexer = new SqlLexer(text, rules, from, to);
        for (TokenKind kind = lexer.nextOrComment(); kind != TokenKind.END; kind = lexer.nextOrComment()) {
            if (kind == TokenKind.COMMENT
                    && lexer.isTerminated()
                    && text.charAt(lexer.start()) == '/'
                    && lexer.end() - lexer.start() <= COMMENT_CHARS_MAX) {
                Map<String, String> pairs = new CommentTags(text, lexer.start() + 2, lexer.end() - 2).pairs();
                for (Map.Entry<String, String> pair : pairs.entrySet()) {
                    if (tags.size() < TAGS_MAX) {
                        tags.putIfAbsent(pair.getKey(), pair.getValue());
                    }
                }
            }
        }
        return Collections.unmodifiableMap(tags);
    }

    /** Empty where the whole comment is not such a list. */
    private Map<String, String> pairs() {
        Map<String, String> pairs = new LinkedHashMap<>();
        skipBlanks();
        while (at < limit) {
            int equals = text.indexOf("='", at, limit);
            if (equals <= at) {
                return Map.of();
            }
            int valueStart = equals + 2;
            int valueEnd = closingQuote(valueStart);
            if (valueEnd < 0 || !isKey(at, equals)) {
                return Map.of();
            }
            put(pairs, decoded(text.substring(at, equals)), decoded(unescaped(valueStart, valueEnd)));
            at = valueEnd + 1;
            skipBlanks();
            if (at < limit && text.charAt(at++) != ',') {
                return Map.of();
            }
            skipBlanks();
        }
        return pairs;
    }

    private static void put(Map<String, String> pairs, String key, String value) {
        boolean fits = key.length() <= KEY_CHARS_MAX && value.length() <= VALUE_CHARS_MAX;
        if (fits && pairs.size() < TAGS_MAX && (!key.equals("traceparent") || isTraceparent(value))) {
            pairs.putIfAbsent(key, value);
        }
    }

    private void skipBlanks() {
        while (at < limit && Characters.isBlank(text.charAt(at))) {
            at++;
        }
    }

    private boolean isKey(int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '\'' || c == ',' || c == '=' || Characters.isBlank(c)) {
                return false;
            }
        }
        return true;
    }

    /** A quote behind an odd backslash is part of the value. */
    private int closingQuote(int from) {
        for (int i = from; i < limit; i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '\'') {
                return i;
            }
        }
        return -1;
    }

    private String unescaped(int from, int to) {
        String value = text.substring(from, to);
        return value.indexOf('\\') < 0 ? value : value.replace("\\'", "'");
    }

    /** {@code %XX} as UTF-8; what is no hex stays as written. */
    private static String decoded(String encoded) {
        if (encoded.indexOf('%') < 0) {
            return encoded;
        }
        byte[] bytes = encoded.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            boolean hex = bytes[i] == '%'
                    && i + 2 < bytes.length
                    && Character.digit(bytes[i + 1], 16) >= 0
                    && Character.digit(bytes[i + 2], 16) >= 0;
            if (hex) {
                plain.write((Character.digit(bytes[i + 1], 16) << 4) | Character.digit(bytes[i + 2], 16));
                i += 2;
            } else {
                plain.write(bytes[i]);
            }
        }
        return plain.toString(StandardCharsets.UTF_8);
    }

    /** <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context</a>, version 00. */
    static boolean isTraceparent(String value) {
        return value.length() == 55
                && value.charAt(2) == '-'
                && value.charAt(35) == '-'
                && value.charAt(52) == '-'
                && isHex(value, 0, 2)
                && isHex(value, 3, 35)
                && isHex(value, 36, 52)
                && isHex(value, 53, 55)
                && !value.startsWith("ff")
                && !value.startsWith("0".repeat(32), 3)
                && !value.startsWith("0".repeat(16), 36);
    }

    private static boolean isHex(String value, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = value.charAt(i);
            if (!(Characters.isDigit(c) || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }
}
