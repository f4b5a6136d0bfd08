package io.pgweir.sql;

import java.util.Locale;
import java.util.Set;

/**
 * A text as written, but for its secrets, which become {@code '***'}. Tokens only: it works on text that no parser takes.
 *
 * <p>Hidden are, in any statement and also in dollar-quoted bodies:
 *
 * <ul>
 *   <li>the literal behind PASSWORD and CONNECTION, and behind a key that {@link SecretWords} knows: {@code OPTIONS (password
 *       'x')}, {@code SET app.token = 'x'}, {@code passwd => 'x'};
 *   <li>literals with a connection string or a URI that carries a password, or with SQL that itself has a secret;
 *   <li>every other literal of a statement where one literal speaks of a password, as {@code format('ALTER ROLE %I PASSWORD
 *       %L', 'bob', 'x')} does;
 *   <li>everything behind PASSWORD in CREATE and ALTER ROLE where its value is not one literal with a blank, a comma or an end
 *       behind it: then the quoting is broken and nobody knows where the secret ends;
 *   <li>comments that speak of a password.
 * </ul>
 *
 * Not seen: a secret that nothing names, as in {@code INSERT INTO users VALUES ('bob', 'x')}. For those there is {@link
 * SqlStatement#redacted()}.
 */
final class SecretRedactor {
    private static final String HIDDEN = "'***'";
    private static final String HIDDEN_COMMENT = "/* *** */";

    private static final Set<String> ROLE_OPTIONS = Set.of(
            "SUPERUSER",
            "NOSUPERUSER",
            "CREATEDB",
            "NOCREATEDB",
            "CREATEROLE",
            "NOCREATEROLE",
            "CREATEUSER",
            "NOCREATEUSER",
            "INHERIT",
            "NOINHERIT",
            "LOGIN",
            "NOLOGIN",
            "REPLICATION",
            "NOREPLICATION",
            "BYPASSRLS",
            "NOBYPASSRLS",
            "CONNECTION",
            "ENCRYPTED",
            "PASSWORD",
            "VALID",
            "IN",
            "ROLE",
            "USER",
            "ADMIN",
            "SYSID",
            "UESCAPE");

    /** Bodies within bodies; deeper ones are hidden whole. */
    private static final int DEPTH_MAX = 4;

    private final String text;
    private final LexicalRules rules;
    private final int from;
    private final int to;
    private final int depth;
    private final SqlLexer lexer;
    private final StringBuilder out;

    private boolean speaksOfPassword;
    private boolean setsVariable;
    private boolean changesRole;
    private boolean hasBody;
    private boolean terminated = true;

    /** Length of {@code out} behind its first secret; -1 before. */
    private int firstHiddenEnd = -1;

    /** Index behind the last thing that stands in {@code out}. */
    private int copied;

    private SecretRedactor(String text, LexicalRules rules, int from, int to, int depth) {
        this.text = text;
        this.rules = rules;
        this.from = from;
        this.to = to;
        this.depth = depth;
        this.lexer = new SqlLexer(text, rules, from, to);
        this.out = new StringBuilder(to - from);
        this.copied = from;
    }

    static String redact(String text, LexicalRules rules, int from, int to) {
        return redact(text, rules, from, to, 0);
    }

    private static String redact(String text, LexicalRules rules, int from, int to, int depth) {
        if (!SecretWords.mayStandIn(text, from, to)) {
            return text.substring(from, to);
        }
        return new SecretRedactor(text, rules, from, to, depth).redact();
    }

    private String redact() {
        lookAround();
        Key key = Key.NONE;
        for (TokenKind kind = lexer.nextOrComment(); kind != TokenKind.END; kind = lexer.nextOrComment()) {
            if (kind == TokenKind.COMMENT) {
                hideComment();
                continue;
            }
            terminated &= lexer.isTerminated();
            if (key == Key.PASSWORD && changesRole && hideRolePassword(kind)) {
                return out.toString();
            }
            if (kind.isLiteral()) {
                hideLiteral(kind, key);
            } else if (key == Key.ASSIGNED && setsVariable && kind.isIdentifier() && !lexer.is("DEFAULT")) {
                replace(lexer.start(), lexer.end(), HIDDEN);
            }
            key = key.next(lexer, kind, setsVariable);
        }
        if (!terminated && firstHiddenEnd >= 0) {
            out.setLength(firstHiddenEnd);
            return out.toString();
        }
        return out.append(text, copied, to).toString();
    }

    /** What the statement is, and whether a literal in it names a password: from its beginning to its end. */
    private void lookAround() {
        SqlLexer ahead = new SqlLexer(text, rules, from, to);
        String first = "";
        int words = 0;
        boolean setsConfig = false;
        for (TokenKind kind = ahead.next(); kind != TokenKind.END; kind = ahead.next()) {
            if (words < 3 && kind == TokenKind.WORD) {
                String word = Keywords.of(ahead);
                if (words == 0) {
                    first = word;
                    setsVariable = word.equals("SET");
                    hasBody = word.equals("DO") || word.equals("CREATE");
                } else if (words == 1 && (first.equals("CREATE") || first.equals("ALTER"))) {
                    changesRole = word.equals("ROLE") || word.equals("USER") || word.equals("GROUP");
                } else if (words == 2 && word.equals("MAPPING")) {
                    changesRole = false;
                }
                words++;
            }
            setsVariable |= kind == TokenKind.WORD && first.equals("ALTER") && ahead.is("SET");
            setsConfig |= kind == TokenKind.WORD && ahead.is("SET_CONFIG");
            speaksOfPassword |= Literals.isString(kind)
                    && (speaksOfPassword(ahead, kind)
                            || (setsConfig && SecretWords.isKey(text, ahead.start(), ahead.end())));
        }
    }

    private boolean speaksOfPassword(SqlLexer literal, TokenKind kind) {
        if (SecretWords.isPassword(text, literal.start(), literal.end())) {
            return true;
        }
        if (!isSpelledOtherwise(literal)) {
            return false;
        }
        String value = Literals.value(literal, kind, rules);
        return SecretWords.isPassword(value, 0, value.length());
    }

    /** Whether escapes or a continuation may hide a word from a look at the text. */
    private boolean isSpelledOtherwise(SqlLexer literal) {
        return text.indexOf('\\', literal.start(), literal.end()) >= 0
                || text.indexOf('\n', literal.start(), literal.end()) >= 0
                || text.indexOf('\r', literal.start(), literal.end()) >= 0;
    }

    /** @return true where everything from here on was hidden */
    private boolean hideRolePassword(TokenKind kind) {
        if (lexer.is("NULL")) {
            return false;
        }
        if (Literals.isString(kind) && lexer.isTerminated() && isDelimited(lexer.end())) {
            return false;
        }
        replace(lexer.start(), to, HIDDEN);
        return true;
    }

    /** Whether an option of CREATE ROLE stands there, apart from what is before, or nothing at all. */
    private boolean isDelimited(int index) {
        SqlLexer rest = new SqlLexer(text, rules, index, to);
        TokenKind kind = rest.next();
        if (kind == TokenKind.WORD && rest.start() > index) {
            return ROLE_OPTIONS.contains(
                    text.substring(rest.start(), rest.end()).toUpperCase(Locale.ROOT));
        }
        return kind == TokenKind.END || rest.is(";");
    }

    private void hideComment() {
        String comment = text.substring(lexer.start(), lexer.end());
        if (SecretWords.isPassword(comment, 0, comment.length()) || SecretWords.isConnection(comment)) {
            replace(lexer.start(), lexer.end(), HIDDEN_COMMENT);
        }
    }

    private void hideLiteral(TokenKind kind, Key key) {
        if (key.isSecret()) {
            replace(lexer.start(), lexer.end(), HIDDEN);
        } else if (Literals.isString(kind)) {
            hideString(kind);
        }
    }

    private void hideString(TokenKind kind) {
        boolean spoken = speaksOfPassword && speaksOfPassword(lexer, kind);
        if (speaksOfPassword && !spoken) {
            replace(lexer.start(), lexer.end(), HIDDEN);
            return;
        }
        boolean suspicious = spoken || SecretWords.mayStandIn(text, lexer.start(), lexer.end());
        if (!suspicious && !isSpelledOtherwise(lexer)) {
            return;
        }
        String value = Literals.value(lexer, kind, rules);
        boolean body = hasBody && kind == TokenKind.DOLLAR_STRING;
        if (!body && SecretWords.isConnection(value)) {
            replace(lexer.start(), lexer.end(), HIDDEN);
        } else if (depth >= DEPTH_MAX) {
            if (suspicious) {
                replace(lexer.start(), lexer.end(), HIDDEN);
            }
        } else {
            hideWithin(kind, value);
        }
    }

    /** A dollar-quoted body keeps what is no secret; other literals vanish whole. */
    private void hideWithin(TokenKind kind, String value) {
        String inner = redact(value, rules, 0, value.length(), depth + 1);
        if (inner.equals(value)) {
            return;
        }
        if (kind == TokenKind.DOLLAR_STRING) {
            replace(Literals.bodyStart(lexer), Literals.bodyEnd(lexer), inner);
        } else {
            replace(lexer.start(), lexer.end(), HIDDEN);
        }
    }

    private void replace(int start, int end, String replacement) {
        out.append(text, copied, start).append(replacement);
        copied = end;
        if (firstHiddenEnd < 0) {
            firstHiddenEnd = out.length();
        }
    }

    /** What the tokens before make of the next literal. */
    private enum Key {
        NONE,
        /** Behind PASSWORD. */
        PASSWORD,
        /** Behind CONNECTION. */
        CONNECTION,
        /** Behind a word as {@code api_key}: a secret as an option's value, no secret where something else follows. */
        NAMED,
        /** Behind a word as {@code key}, which compares with many a harmless value. */
        PERHAPS,
        /** Behind one of them and {@code =}, {@code :=}, {@code =>} or TO. */
        ASSIGNED;

        boolean isSecret() {
            return this != NONE;
        }

        Key next(SqlLexer lexer, TokenKind kind, boolean setsVariable) {
            boolean assigns = lexer.is("=") || lexer.is(":=") || lexer.is("=>") || (setsVariable && lexer.is("TO"));
            if (assigns && this != NONE && (this != PERHAPS || setsVariable)) {
                return ASSIGNED;
            }
            if (!kind.isIdentifier()) {
                return NONE;
            }
            if (lexer.is("PASSWORD")) {
                return PASSWORD;
            }
            if (lexer.is("CONNECTION")) {
                return CONNECTION;
            }
            if (SecretWords.isKey(lexer.text(), lexer.start(), lexer.end())) {
                return NAMED;
            }
            return SecretWords.isPerhapsKey(lexer.text(), lexer.start(), lexer.end()) ? PERHAPS : NONE;
        }
    }
}
