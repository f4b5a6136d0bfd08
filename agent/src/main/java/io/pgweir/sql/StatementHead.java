package io.pgweir.sql;

import org.jspecify.annotations.Nullable;

/**
 * What {@link StatementClassifier} reads from a statement's tokens.
 *
 * @param preparedName folded as the server folds it, see {@link SqlStatement#preparedName()}
 * @param preparedTextStart index of the first token behind PREPARE's AS; -1 where there is none
 */
record StatementHead(
        String command,
        StatementKind kind,
        StatementClass statementClass,
        @Nullable String preparedName,
        int preparedTextStart) {

    static StatementHead of(String command, StatementClass statementClass) {
        return of(command, StatementKind.OTHER, statementClass);
    }

    static StatementHead of(String command, StatementKind kind, StatementClass statementClass) {
        return new StatementHead(command, kind, statementClass, null, -1);
    }

    static StatementHead named(
            String command, StatementKind kind, StatementClass statementClass, @Nullable String name) {
        return new StatementHead(command, kind, statementClass, name, -1);
    }
}
