package io.pgweir.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a query string at the semicolons that end a statement.
 *
 * <pre>
 *   ';' at depth 0, outside of a body                        ends a statement
 *   CREATE [OR REPLACE] FUNCTION|PROCEDURE ... BEGIN ATOMIC   opens a body
 *   END right behind ';' or ATOMIC                            closes a body: no CASE ... END can stand there
 * </pre>
 */
final class StatementSplitter {
    private final String text;
    private final LexicalRules rules;
    private final SqlLexer lexer;
    private final List<SqlStatement> statements = new ArrayList<>(1);

    private int statementStart = -1;
    private int statementEnd;
    private int spanStart;
    private int parentheses;

    /** Nested bodies; more than one only where a body creates a function itself. */
    private int bodies;

    private RoutineHead head = RoutineHead.START;
    private Last last = Last.OTHER;

    StatementSplitter(String text, LexicalRules rules) {
        this.text = text;
        this.rules = rules;
        this.lexer = new SqlLexer(text, rules);
    }

    List<SqlStatement> split() {
        for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
            char symbol = kind == TokenKind.PUNCTUATION ? lexer.symbol() : 0;
            if (symbol == ';' && parentheses == 0 && bodies == 0) {
                finish(lexer.end());
                continue;
            }
            if (statementStart < 0) {
                statementStart = lexer.start();
            }
            statementEnd = lexer.end();
            if (symbol != 0) {
                onPunctuation(symbol);
            } else if (parentheses == 0) {
                onToken(kind);
            }
        }
        boolean open = statementStart >= 0;
        int lastBoundary = spanStart;
        finish(text.length());
        // What stands behind the last semicolon belongs to the statement before it: a comment with tags, most likely.
        if (!open && !statements.isEmpty() && lastBoundary < text.length()) {
            statements.set(statements.size() - 1, statements.getLast().withSpanEnd(text.length()));
        }
        return List.copyOf(statements);
    }

    private void onPunctuation(char symbol) {
        last = Last.OTHER;
        switch (symbol) {
            case '(' -> parentheses++;
            case ')' -> parentheses = Math.max(0, parentheses - 1);
            case ';' -> {
                if (parentheses == 0) {
                    last = Last.BOUNDARY;
                    head = RoutineHead.START;
                }
            }
            default -> {}
        }
    }

    private void onToken(TokenKind kind) {
        if (kind != TokenKind.WORD) {
            head = head.next(lexer, kind);
            last = Last.OTHER;
        } else if (last == Last.BEGIN && lexer.is("ATOMIC") && head == RoutineHead.ROUTINE) {
            bodies++;
            head = RoutineHead.START;
            last = Last.BOUNDARY;
        } else if (last == Last.BOUNDARY && bodies > 0 && lexer.is("END")) {
            bodies--;
            head = RoutineHead.OTHER;
            last = Last.OTHER;
        } else {
            head = head.next(lexer, kind);
            last = head == RoutineHead.ROUTINE && lexer.is("BEGIN") ? Last.BEGIN : Last.OTHER;
        }
    }

    private void finish(int boundary) {
        if (statementStart >= 0) {
            statements.add(new SqlStatement(text, rules, statementStart, statementEnd, spanStart, boundary));
        }
        spanStart = boundary;
        statementStart = -1;
        head = RoutineHead.START;
        last = Last.OTHER;
    }

    /** The token before: what BEGIN, ATOMIC and END mean depends on it. */
    private enum Last {
        BEGIN,
        BOUNDARY,
        OTHER
    }

    /** How far a statement is known to be CREATE [OR REPLACE] FUNCTION or PROCEDURE. */
    private enum RoutineHead {
        START,
        CREATE,
        OR,
        REPLACE,
        ROUTINE,
        OTHER;

        RoutineHead next(SqlLexer lexer, TokenKind kind) {
            if (this == ROUTINE || this == OTHER) {
                return this;
            }
            if (kind != TokenKind.WORD) {
                return OTHER;
            }
            if (this == START) {
                return lexer.is("CREATE") ? CREATE : OTHER;
            }
            if (this == OR) {
                return lexer.is("REPLACE") ? REPLACE : OTHER;
            }
            if (lexer.is("FUNCTION") || lexer.is("PROCEDURE")) {
                return ROUTINE;
            }
            return this == CREATE && lexer.is("OR") ? OR : OTHER;
        }
    }
}
