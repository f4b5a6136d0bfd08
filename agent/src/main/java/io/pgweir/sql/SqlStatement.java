package io.pgweir.sql;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One statement of a query string, lexed once and shared.
 *
 * <p>Immutable, and safe to share between threads: what is computed on first use is a String, computed twice at worst.
 */
public final class SqlStatement {
    private final String script;
    private final LexicalRules rules;
    private final int start;
    private final int end;
    private final int spanStart;
    private final int spanEnd;
    private final StatementHead head;

    private @Nullable String text;
    private @Nullable String fingerprint;
    private @Nullable String redacted;
    private @Nullable String withoutSecrets;

    /**
     * @param spanStart where the statement before ended, behind its semicolon: comments from here on belong to this one
     * @param spanEnd behind this one's semicolon; of the last statement the end of the script
     */
    SqlStatement(String script, LexicalRules rules, int start, int end, int spanStart, int spanEnd) {
        this(script, rules, start, end, spanStart, spanEnd, StatementClassifier.classify(script, rules, start, end));
    }

    private SqlStatement(
            String script, LexicalRules rules, int start, int end, int spanStart, int spanEnd, StatementHead head) {
        this.script = script;
        this.rules = rules;
        this.start = start;
        this.end = end;
        this.spanStart = spanStart;
        this.spanEnd = spanEnd;
        this.head = head;
    }

    SqlStatement withSpanEnd(int later) {
        return new SqlStatement(script, rules, start, end, spanStart, later, head);
    }

    /** As written, from its first token to its last; no semicolon, no blanks or comments around it... but see {@link #tags()}. */
    public String text() {
        String known = text;
        if (known == null) {
            known = script.substring(start, end);
            text = known;
        }
        return known;
    }

    /** Index of its first token in the query string, in chars. */
    public int start() {
        return start;
    }

    /** Index behind its last token, in chars. */
    public int end() {
        return end;
    }

    /**
     * What it does, in upper case as command tags spell it: {@code SELECT} (VALUES and TABLE too), {@code CREATE TABLE}, {@code
     * CREATE TABLE AS}, {@code ALTER ROLE} for ALTER USER. {@code ROLLBACK TO} is our own: its tag is ROLLBACK. The first word where
     * no command is known, empty where that is none of SQL's.
     */
    public String command() {
        return head.command();
    }

    public StatementKind kind() {
        return head.kind();
    }

    public StatementClass statementClass() {
        return head.statementClass();
    }

    /** {@code fp1:} and 32 hex digits: equal for statements that differ in literals, parameters, blanks, comments, case only. */
    public String fingerprint() {
        String known = fingerprint;
        if (known == null) {
            known = Fingerprint.of(script, rules, start, end);
            fingerprint = known;
        }
        return known;
    }

    /** Comments gone, literals as {@code $n} behind the highest parameter, blanks folded. Not cached. */
    public String normalized() {
        return Rewriter.normalize(script, rules, start, end);
    }

    /** Whether it was lexed with backslashes that escape in {@code '...'}. */
    public boolean backslashes() {
        return !rules.standardConformingStrings();
    }

    /** Its tokens, at most {@code max}. Lexed anew at each call. */
    public SqlTokens tokens(int max) {
        return new SqlTokens(script, rules, start, end, max);
    }

    /** {@link #text()} with every literal replaced by {@code ?}; comments gone. */
    public String redacted() {
        String known = redacted;
        if (known == null) {
            known = Rewriter.redact(script, rules, start, end);
            redacted = known;
        }
        return known;
    }

    /** {@link #text()} as written but for secrets (PASSWORD '...', connection strings, user mapping options). */
    public String withoutSecrets() {
        String known = withoutSecrets;
        if (known == null) {
            known = SecretRedactor.redact(script, rules, start, end);
            withoutSecrets = known;
        }
        return known;
    }

    /** Of PREPARE, EXECUTE, DEALLOCATE: the name as the server folds it. */
    public @Nullable String preparedName() {
        return head.preparedName();
    }

    /** Of PREPARE: the statement behind AS. */
    public @Nullable String preparedText() {
        int from = head.preparedTextStart();
        return from < 0 ? null : script.substring(from, end);
    }

    /** Of DECLARE, FETCH, MOVE and CLOSE: the cursor's name as the server folds it. Parsed anew at each call. */
    public @Nullable String cursorName() {
        return switch (command()) {
            case "DECLARE CURSOR", "FETCH", "MOVE", "CLOSE CURSOR" ->
                CursorName.read(script, rules, start, end, command());
            default -> null;
        };
    }

    /** What COPY says about its stream, null for any other statement. Parsed anew at each call. */
    public @Nullable CopyClause copy() {
        return head.kind() == StatementKind.COPY ? CopyParser.parse(script, rules, start, end) : null;
    }

    /** sqlcommenter pairs, decoded, of this statement's comments; {@code traceparent} is one of them. */
    public Map<String, String> tags() {
        return CommentTags.read(script, rules, spanStart, spanEnd);
    }

    /** The words, in lower case, of this statement's block comments of the shape {@code name: word}. */
    public List<String> directives(String name) {
        return CommentDirectives.read(script, rules, spanStart, spanEnd, name);
    }

    /** Whether an unquoted or quoted identifier of that (folded) spelling stands in the text: for redacting server messages. */
    public boolean mentions(String identifier) {
        SqlLexer lexer = new SqlLexer(script, rules, start, end);
        for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
            if (kind.isIdentifier() && Identifiers.matches(lexer, kind, identifier)) {
                return true;
            }
        }
        return false;
    }
}
