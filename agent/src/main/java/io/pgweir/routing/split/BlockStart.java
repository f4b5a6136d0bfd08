package io.pgweir.routing.split;

import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.SqlTokens;
import io.pgweir.sql.StatementKind;

/** What BEGIN or START TRANSACTION says of the block that it begins, where another node can take that over after some reads. */
public enum BlockStart {
    /** It is none, or one that has to be the leader's. */
    NONE,
    /** READ ONLY, of the session's own isolation level or READ COMMITTED. */
    READ_ONLY,
    /** Nothing, or that isolation level. */
    PLAIN;

    private static final int TOKENS_MAX = 32;

    public static BlockStart of(SqlStatement statement) {
        if (statement.kind() != StatementKind.BEGIN) {
            return NONE;
        }
        SqlTokens tokens = statement.tokens(TOKENS_MAX);
        boolean readOnly = false;
        int at = tokens.word(1).equals("TRANSACTION") || tokens.word(1).equals("WORK") ? 2 : 1;
        while (at < tokens.size()) {
            at += tokens.symbol(at) == ',' ? 1 : 0;
            if (is(tokens, at, "READ", "ONLY")) {
                readOnly = true;
                at += 2;
            } else if (is(tokens, at, "ISOLATION", "LEVEL") && is(tokens, at + 2, "READ", "COMMITTED")) {
                at += 4;
            } else {
                return NONE;
            }
        }
        return readOnly ? READ_ONLY : PLAIN;
    }

    private static boolean is(SqlTokens tokens, int index, String word, String next) {
        return tokens.word(index).equals(word) && tokens.word(index + 1).equals(next);
    }

    /** Whether the statement ends a block, and does nothing else: not AND CHAIN, not a prepared one. */
    public static boolean isEnd(SqlStatement statement) {
        if (statement.kind() != StatementKind.COMMIT && statement.kind() != StatementKind.ROLLBACK) {
            return false;
        }
        SqlTokens tokens = statement.tokens(TOKENS_MAX);
        String behind = tokens.word(1);
        return tokens.size() == 1 || (tokens.size() == 2 && (behind.equals("WORK") || behind.equals("TRANSACTION")));
    }

    /** Whether the statement is SET LOCAL of something that another node can be told again, and that is no property of the transaction. */
    public static boolean isLocalSetting(SqlStatement statement, Need need) {
        return need.reason().equals(Reason.SETTING)
                && need.effect() == Need.Effect.NONE
                && statement.command().equals("SET")
                && new Words(statement).isLocal();
    }
}
