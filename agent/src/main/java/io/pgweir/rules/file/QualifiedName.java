package io.pgweir.rules.file;

import io.pgweir.rules.ColumnPattern;
import io.pgweir.rules.NamePattern;
import io.pgweir.rules.QualifiedPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Names with dots, folded as PostgreSQL folds identifiers: {@code Public.Secret} is {@code public.secret}, {@code "Secret"} stays. */
final class QualifiedName {
    private QualifiedName() {}

    /** {@code name} or {@code schema.name}; empty where it is neither. */
    static Optional<QualifiedPattern> relation(String text) {
        List<NamePattern> parts = parts(text);
        return switch (parts.size()) {
            case 1 -> Optional.of(new QualifiedPattern(null, parts.getFirst()));
            case 2 -> Optional.of(new QualifiedPattern(parts.getFirst(), parts.getLast()));
            default -> Optional.empty();
        };
    }

    /** {@code column}, {@code relation.column} or {@code schema.relation.column}; empty where it is none of them. */
    static Optional<ColumnPattern> column(String text) {
        List<NamePattern> parts = parts(text);
        return switch (parts.size()) {
            case 1 -> Optional.of(new ColumnPattern(null, null, parts.getFirst()));
            case 2 -> Optional.of(new ColumnPattern(null, parts.getFirst(), parts.getLast()));
            case 3 -> Optional.of(new ColumnPattern(parts.get(0), parts.get(1), parts.get(2)));
            default -> Optional.empty();
        };
    }

    /** {@code name}; empty where it has dots outside of quotes. */
    static Optional<NamePattern> name(String text) {
        List<NamePattern> parts = parts(text);
        return parts.size() == 1 ? Optional.of(parts.getFirst()) : Optional.empty();
    }

    /** A setting's name, with a dot where it is an extension's; case does not count. */
    static Optional<NamePattern> setting(String text) {
        return text.matches("[A-Za-z_*?][A-Za-z0-9_.*?]*")
                ? Optional.of(new NamePattern(text.toLowerCase(Locale.ROOT)))
                : Optional.empty();
    }

    /** None where one of them is empty, or a quote is not closed. */
    private static List<NamePattern> parts(String text) {
        List<NamePattern> parts = new ArrayList<>();
        int at = 0;
        while (at <= text.length()) {
            StringBuilder name = new StringBuilder();
            int end = at < text.length() && text.charAt(at) == '"' ? quoted(text, at + 1, name) : plain(text, at, name);
            if (end < 0 || name.isEmpty() || (end < text.length() && text.charAt(end) != '.')) {
                return List.of();
            }
            parts.add(new NamePattern(name.toString()));
            at = end + 1;
        }
        return parts;
    }

    private static int plain(String text, int from, StringBuilder name) {
        int end = from;
        while (end < text.length() && text.charAt(end) != '.') {
            char c = text.charAt(end++);
            if (Character.isWhitespace(c) || c == '"' || c == '\'' || c == ';' || c == '(' || c == ')') {
                return -1;
            }
        }
        name.append(text.substring(from, end).toLowerCase(Locale.ROOT));
        return end;
    }

    private static int quoted(String text, int from, StringBuilder name) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"' && (at == text.length() || text.charAt(at) != '"')) {
                return at;
            }
            at += c == '"' ? 1 : 0;
            name.append(c);
        }
        return -1;
    }
}
